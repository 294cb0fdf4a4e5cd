/**
 * `npm run demo`: the real Codex CLI, a scripted model on loopback, telemetry exported to a receiver
 * inside this process. Needs no key and no collector, and leaves nothing behind.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Codex, EVENT_NAMES, telemetry, type TelemetryEvent } from "../mod.ts";
import { otlpReceiver, type ReceivedSpan, reply, scriptedModel } from "../src/testing/mod.ts";

const folder = await mkdtemp(join(tmpdir(), "codex-otel-demo-"));
const receiver = await otlpReceiver();
const model = await scriptedModel([
  reply.command("echo 'hello from the agent' && ls -a"),
  reply.patch("*** Begin Patch\n*** Add File: notes.md\n+Written by the agent.\n*** End Patch"),
  reply.message("I looked around and wrote notes.md."),
]);
try {
  await telemetry.configure({ enabled: true, endpoint: receiver.url });
  telemetry.attachMany("demo", EVENT_NAMES, (event) => console.log(describe(event)));

  console.log("— events —");
  await using codex = new Codex(model.codexOptions());
  const thread = codex.startThread({
    workingDirectory: folder,
    skipGitRepoCheck: true,
    sandboxMode: "danger-full-access",
  });
  const turn = await thread.run("Look around, then write notes.md.");

  await telemetry.shutdown();
  console.log(`\n— the agent's answer —\n${turn.finalResponse}`);
  console.log(`notes.md: ${(await readFile(join(folder, "notes.md"), "utf8")).trim()}`);
  console.log(`\n— spans that arrived at ${receiver.url}/v1/traces —`);
  printTree(receiver.spans);
} finally {
  await model.close();
  await receiver.close();
  await rm(folder, { recursive: true });
}

function describe(event: TelemetryEvent): string {
  const facts = [event.name.padEnd(33)];
  if ("duration_ms" in event.measurements) {
    facts.push(`${event.measurements.duration_ms.toFixed(1)} ms`);
  }
  if (event.name === "codex.tool.start") facts.push(event.metadata.tool);
  if (event.name === "codex.thread.stop") facts.push(event.metadata.result);
  if (event.name === "codex.process.start") facts.push(`pid ${event.metadata.pid}`);
  if (event.name === "codex.thread.token_usage.updated") {
    const { input_tokens, output_tokens } = event.metadata.delta ?? {};
    facts.push(`+${input_tokens} in, +${output_tokens} out`);
  }
  return facts.join("  ").trimEnd();
}

function printTree(spans: readonly ReceivedSpan[], parent?: string, indent = ""): void {
  const children = spans.filter((span) => span.parentSpanId === parent);
  for (const [index, span] of children.entries()) {
    const isLast = index === children.length - 1;
    console.log(`${indent}${isLast ? "└" : "├"}─ ${label(span)}`);
    printTree(spans, span.spanId, `${indent}${isLast ? " " : "│"}  `);
  }
}

function label(span: ReceivedSpan): string {
  const input = span.attributes["gen_ai.usage.input_tokens"];
  const output = span.attributes["gen_ai.usage.output_tokens"];
  const tokens = input === undefined ? "" : `  ${input} tokens in, ${output} out`;
  return `${span.name}  ${span.durationMs.toFixed(1)} ms${tokens}`;
}
