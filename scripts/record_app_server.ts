/**
 * Records test/fixtures/app_server/*.jsonl: sessions of the installed Codex CLI's app-server with a
 * scripted model on loopback, both directions. Run it after an update of `@openai/codex`, and read
 * the difference: `node --import tsx scripts/record_app_server.ts [NAME ...]`.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { type ScriptedModel, scriptedModel } from "../src/testing/mod.ts";
import { cliPath } from "./app_server/cli.ts";
import { Conversation } from "./app_server/conversation.ts";
import { type Scenario, SCENARIOS } from "./app_server/scenarios.ts";
import { Session } from "./app_server/session.ts";
import { FIXTURES, RECORDINGS, WORK } from "./lib/recordings.ts";

const CWD = join(WORK, "work");

/** What a thread of `codex exec --sandbox workspace-write` has. */
const LIKE_EXEC = { approvalPolicy: "never", sandbox: "workspace-write" };

const CLIENT = { name: "codex-otel", title: null, version: "0.1.0" };

async function record(name: string, scenario: Scenario): Promise<void> {
  mkdirSync(join(WORK, "home"), { recursive: true });
  mkdirSync(CWD);
  const model = await scriptedModel(scenario.turns.flat());
  try {
    const session = name === "thread_resumed"
      ? await resumed(model, scenario)
      : await held(model, scenario);
    if (model.problems.length > 0) throw new Error(`${name}: ${model.problems.join("; ")}`);
    const lines = session.transcript.map((line) => JSON.stringify(line) + "\n");
    writeFileSync(join(FIXTURES, "app_server", `${name}.jsonl`), neutral(lines.join(""), model));
    console.log(`${name}: ${lines.length} lines`);
  } finally {
    await model.close();
    rmSync(WORK, { recursive: true, force: true });
  }
}

async function held(model: ScriptedModel, scenario: Scenario): Promise<Session> {
  const session = await open(model, scenario);
  const params = { cwd: CWD, ...LIKE_EXEC, ...scenario.thread };
  const { thread } = await session.request("thread/start", params);
  const conversation = new Conversation(session, (thread as { id: string }).id);
  if (scenario.drive) await scenario.drive(conversation);
  else for (const _ of scenario.turns) await conversation.run("A prompt for the recording");
  await session.close();
  return session;
}

/** The second session of a thread, by `thread/resume`. */
async function resumed(model: ScriptedModel, scenario: Scenario): Promise<Session> {
  const first = await open(model, scenario);
  const { thread } = await first.request("thread/start", { cwd: CWD, ...LIKE_EXEC });
  const threadId = (thread as { id: string }).id;
  await new Conversation(first, threadId).run("A prompt for the recording");
  await first.close();
  const second = await open(model, scenario);
  await second.request("thread/resume", { threadId, excludeTurns: true, ...LIKE_EXEC });
  await new Conversation(second, threadId).run("A prompt for the recording");
  await second.close();
  return second;
}

async function open(model: ScriptedModel, scenario: Scenario): Promise<Session> {
  const { env } = model.codexOptions({ env: { HOME: join(WORK, "home") } });
  const session = new Session({
    cli: cliPath(),
    args: (scenario.config ?? []).flatMap((override) => ["-c", override]),
    cwd: CWD,
    env,
    ...(scenario.answer ? { answer: scenario.answer } : {}),
  });
  const capabilities = { experimentalApi: true, requestAttestation: false };
  await session.request("initialize", { clientInfo: CLIENT, capabilities });
  session.notify("initialized");
  return session;
}

/** Takes out what is of this machine and this run, and of no use to a reader. */
function neutral(text: string, model: ScriptedModel): string {
  return text
    .replaceAll(model.codexHome ?? "", "/codex-home")
    .replaceAll(model.url, "http://127.0.0.1:1")
    .replaceAll(/"serverName":"[^"]*","installationId":"[^"]*"/g, '"serverName":"host"');
}

const wanted = process.argv.slice(2);
mkdirSync(join(FIXTURES, "app_server"), { recursive: true });
for (const [name, scenario] of Object.entries({ ...RECORDINGS, ...SCENARIOS })) {
  if (wanted.length === 0 || wanted.includes(name)) await record(name, scenario);
}
