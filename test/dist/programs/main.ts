// The program of all fixtures, in the words that JavaScript and TypeScript share. It is a function,
// because some of them bundle it as CommonJS.
import { Codex, telemetry, tool } from "@codex-otel/sdk";
import { catFixture, reply, scriptedModel } from "@codex-otel/sdk/testing";

void main();

async function main() {
  const { error } = await telemetry.configure();
  if (error) throw new Error(`telemetry is off: ${error.code}: ${error.message}`);
  await playTurn();
  await runTurn();
  await telemetry.shutdown();
}

/** A stand-in for the CLI prints a turn. */
async function playTurn() {
  const cli = catFixture([
    { type: "thread.started", thread_id: "thread_1" },
    { type: "turn.started" },
    { type: "item.completed", item: { id: "item_0", type: "agent_message", text: "All is well." } },
    {
      type: "turn.completed",
      usage: { input_tokens: 12, cached_input_tokens: 0, output_tokens: 3 },
    },
  ]);
  const codex = new Codex({ codexPathOverride: cli.path });
  const turn = await codex.startThread().run("Look around");
  console.log(turn.finalResponse);
  await codex.close();
  cli.cleanup();
}

/** The installed CLI asks a model that answers by a script, which calls a tool of this program. */
async function runTurn() {
  const model = await scriptedModel([reply.tool("double", { number: 21 }), "It is 42."]);
  const codex = new Codex({ ...model.codexOptions(), transport: "app-server" });
  const thread = codex.startThread({ skipGitRepoCheck: true, tools: [double] });
  const turn = await thread.run("Double 21");
  console.log(turn.finalResponse);
  await codex.close();
  await model.close();
}

const double = tool({
  name: "double",
  description: "Doubles a number.",
  inputSchema: { type: "object", properties: { number: { type: "number" } }, required: ["number"] },
  run: ({ number }) => String(Number(number) * 2),
});
