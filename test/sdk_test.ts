import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import {
  Codex,
  createFiles,
  createTelemetry,
  portExporter,
  type SpanMessage,
  telemetry,
} from "../mod.ts";
import { catFixture, otlpReceiver, reply, scriptedModel } from "../src/testing/mod.ts";

const FIXTURE = new URL("./fixtures/thread_full_legacy.jsonl", import.meta.url).pathname;

describe("the runbook's local verification", () => {
  after(() => telemetry.shutdown());

  it("posts the span of a turn to a port, with the ids of thread and turn", async () => {
    const { port1, port2 } = new MessageChannel();
    const arrived = new Promise<SpanMessage>((resolve) => {
      port2.onmessage = ({ data }) => {
        if (data.span.name === "invoke_agent codex") resolve(data);
      };
    });
    using cli = catFixture(FIXTURE);
    await telemetry.configure({
      env: { CODEX_OTLP_ENABLE: "1", CODEX_OTLP_ENDPOINT: "pid://local" },
      exporter: portExporter(port1),
    });
    assert.equal(telemetry.status().exporter, "port");
    const thread = new Codex({ codexPathOverride: cli.path }).startThread();
    const { threadId, turnId } = await thread.run("trace check");
    const { type, span } = await arrived;
    port1.close();
    port2.close();
    assert.equal(type, "span");
    assert.ok(threadId && turnId);
    assert.equal(span.attributes["codex.thread.id"], threadId);
    assert.equal(span.attributes["codex.turn.id"], turnId);
    assert.equal(span.attributes["codex.originator"], "sdk");
  });
});

describe("a turn of the real CLI", () => {
  it("arrives at a collector as one trace with the times and counts of its events", async () => {
    const folder = await mkdtemp(join(tmpdir(), "codex-otel-sdk-"));
    const own = createTelemetry();
    await using receiver = await otlpReceiver();
    await using model = await scriptedModel([
      reply.command("echo $TRACEPARENT > note.txt; exit 3"),
      "Done.",
    ]);
    try {
      const env = { CODEX_OTLP_ENABLE: "1", CODEX_OTLP_ENDPOINT: receiver.url };
      const { enabled, exporter, endpoint } = await own.configure({ env });
      assert.deepEqual({ enabled, exporter }, { enabled: true, exporter: "otlp" });
      assert.equal(endpoint, `${receiver.url}/v1/traces`);

      await using codex = new Codex({ ...model.codexOptions(), telemetry: own });
      const turn = await codex.startThread({
        workingDirectory: folder,
        skipGitRepoCheck: true,
        sandboxMode: "danger-full-access",
      }).run("Write a note");
      assert.equal(turn.finalResponse, "Done.");

      const status = await own.shutdown();
      assert.deepEqual(status.spans, { exported: 2, queued: 0, dropped: 0 });
      const [tool, run] = await receiver.waitForSpans(2);
      assert.equal(run!.name, "invoke_agent codex");
      assert.equal(run!.attributes["gen_ai.usage.input_tokens"], 200);
      assert.equal(tool!.name, "execute_tool exec_command echo");
      assert.equal(tool!.attributes["process.exit.code"], 3);
      assert.equal(tool!.parentSpanId, run!.spanId);
      assert.ok(run!.startUnixNano <= tool!.startUnixNano);
      assert.ok(tool!.endUnixNano <= run!.endUnixNano);
      const carried = await readFile(join(folder, "note.txt"), "utf8");
      assert.equal(carried.trim(), `00-${run!.traceId}-${run!.spanId}-01`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("attachments", () => {
  it("reach the CLI with the first turn: images by --image, other files in the prompt", async () => {
    const folder = await mkdtemp(join(tmpdir(), "codex-otel-attach-"));
    const staging = createFiles({ stagingDir: join(folder, "staged") });
    using cli = catFixture([
      { type: "thread.started", thread_id: "t1" },
      { type: "turn.completed", usage: { input_tokens: 1, output_tokens: 1 } },
    ]);
    try {
      const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
      await writeFile(join(folder, "shot.png"), png);
      await writeFile(join(folder, "notes.txt"), "Be brief.");
      const image = await staging.stage(join(folder, "shot.png"));
      const notes = await staging.stage(join(folder, "notes.txt"));
      const thread = new Codex({ codexPathOverride: cli.path })
        .startThread(staging.attach(staging.attach({}, image), notes));
      await thread.run("First");
      await thread.run("Second");
      const [first, second] = cli.runs();
      assert.equal(first!.args[first!.args.indexOf("--image") + 1], image.path);
      assert.match(first!.input, /^First\n\n[^]*notes\.txt/);
      assert.ok(first!.args.includes("--add-dir"));
      // The agent knows them by now; it only still needs to be let in to where they are.
      assert.equal(second!.input, "Second");
      assert.ok(second!.args.includes("--add-dir") && !second!.args.includes("--image"));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
