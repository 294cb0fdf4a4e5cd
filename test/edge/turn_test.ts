import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { otlpReceiver, reply, scriptedModel } from "../../src/testing/mod.ts";
import type { ModelScript, OtlpReceiver, ScriptedModel } from "../../src/testing/mod.ts";
import {
  type RemoteServer,
  startRemoteServer,
  startStranger,
  TOKEN,
} from "../real/remote_server.ts";
import { COMPATIBILITY_DATES, EdgeWorker, ScenarioError } from "./edge_worker.ts";

/** Bounds what may be a hang. */
const limited = { timeout: 60_000 };

/** A real app-server with a scripted model, and a folder for the agent. */
interface Server {
  model: ScriptedModel;
  remote: RemoteServer;
  folder: string;
  /** What a scenario is played with. */
  place: { transport: { url: string; token: string }; folder: string };
}

async function withServer(script: ModelScript, use: (server: Server) => Promise<void>) {
  const model = await scriptedModel(script);
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-edge-"));
  const remote = await startRemoteServer(model.codexOptions().env);
  try {
    const place = { transport: { url: remote.url, token: TOKEN }, folder };
    await use({ model, remote, folder, place });
  } finally {
    await remote.kill();
    await model.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a scenario throws. */
async function failureOf(promise: Promise<unknown>): Promise<ScenarioError["shown"]> {
  const error = await promise.then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof ScenarioError, `no failure of a scenario: ${error}`);
  assert.equal(JSON.stringify(error.shown).includes(TOKEN), false, "it shows the token");
  return error.shown;
}

/** What runs until it is ended, unless the prompt says otherwise. */
const endless: ModelScript = (request) =>
  JSON.stringify(request.body["input"]).includes("Go on") ? "Two." : new Promise<never>(() => {});

for (const compatibilityDate of COMPATIBILITY_DATES) {
  describe(`a turn from inside workerd, as of ${compatibilityDate}`, () => {
    let worker: EdgeWorker;
    let collector: OtlpReceiver;
    before(async () => {
      collector = await otlpReceiver();
      const bindings = { CODEX_OTLP_ENABLE: "true", CODEX_OTLP_ENDPOINT: collector.url };
      worker = await EdgeWorker.start({ compatibilityDate, bindings });
    });
    after(async () => {
      await worker?.[Symbol.asyncDispose]();
      await collector.close();
    });

    it("runs commands and a tool, asks for approval, and its spans arrive", limited, async () => {
      const script = [
        reply.command("touch allowed.txt"),
        reply.command("touch denied.txt"),
        reply.tool("add", { a: 1, b: 2 }),
        "Done.",
      ];
      await withServer(script, async ({ place, folder, model }) => {
        const { turn, events, added } = await worker.play("turn", place);
        assert.deepEqual(model.problems, []);
        assert.deepEqual([turn.finalResponse, added], ["Done.", 1]);
        assert.match(turn.threadId ?? "", /./);
        assert.equal(turn.turnUsage?.input_tokens, 400);
        assert.match(JSON.stringify(model.requests.at(-1)?.body["input"]), /sum.{1,5}:3/);
        assert.deepEqual(
          ["allowed.txt", "denied.txt"].map((name) => existsSync(join(folder, name))),
          [
            true,
            false,
          ],
        );
        assert.deepEqual(events, [
          "thread.start",
          "tool.start exec_command",
          "approval.requested exec_command",
          "approval.approved exec_command",
          "tool.success exec_command",
          "tool.start exec_command",
          "approval.requested exec_command",
          "approval.denied exec_command",
          "tool.failure exec_command",
          "tool.start add",
          "tool.success add",
          "thread.stop",
        ]);
      });
      const spans = await collector.waitForSpans(({ name }) => name === "invoke_agent codex");
      const root = spans.find(({ name }) => name === "invoke_agent codex");
      const parents = spans.map(({ name, parentSpanId }) => [name, parentSpanId === root?.spanId]);
      assert.deepEqual(parents.sort(), [
        ["codex.approval", true],
        ["codex.approval", true],
        ["execute_tool add", true],
        ["execute_tool exec_command touch", true],
        ["execute_tool exec_command touch", true],
        ["invoke_agent codex", false],
      ]);
      assert.equal(collector.requests[0]?.headers["content-encoding"], "gzip");
    });

    it("ends by a signal and by a timeout, and the thread goes on", limited, async () => {
      await withServer(endless, async ({ place }) => {
        assert.deepEqual(await worker.play("abort", place), {
          reason: "The operation was aborted",
          answer: "Two.",
        });
        assert.equal((await failureOf(worker.play("timeout", place))).code, "timeout");
      });
    });

    it("fails when the server is lost in the middle of it", limited, async () => {
      await withServer(endless, async ({ place, remote, model }) => {
        const losing = failureOf(worker.play("turn", place));
        await model.waitForRequests(1);
        await remote.kill();
        assert.equal((await losing).code, "connection_lost");
        assert.equal((await failureOf(worker.play("turn", place))).code, "connection_refused");
      });
    });

    it("tells a wrong token and none from a right one", limited, async () => {
      await withServer(["One."], async ({ place, remote }) => {
        for (const token of ["wrong", undefined]) {
          const transport = { url: `${remote.url}/?key=hush`, ...(token ? { token } : {}) };
          const error = await failureOf(worker.play("turn", { ...place, transport }));
          assert.equal(error.code, "unauthorized");
          assert.deepEqual(error.details, { url: remote.url, status: 401 });
        }
        assert.equal((await worker.play("turn", place)).turn.finalResponse, "One.");
      });
    });

    it("tells nobody, a web server and another WebSocket server apart", limited, async () => {
      const codeAt = async (url: string) => {
        const transport = { url, token: TOKEN, headers: { "x-key": "hush" } };
        return (await failureOf(worker.play("turn", { transport, folder: "/" }))).code;
      };
      const answers = [{ status: 200 }, { status: 403 }, { text: "Welcome!" }] as const;
      const codes = ["not_app_server", "unauthorized", "not_app_server"];
      for (const [index, answer] of answers.entries()) {
        const stranger = await startStranger(answer);
        try {
          assert.equal(await codeAt(stranger.url), codes[index]);
        } finally {
          await stranger.close();
        }
        assert.equal(await codeAt(stranger.url), "connection_refused");
      }
    });

    it("fails with a Codex that another request has made", limited, async () => {
      await withServer(["One."], async ({ place }) => {
        assert.equal(await worker.play("shared", place), "One.");
        assert.equal((await failureOf(worker.play("shared", place))).code, "connection_lost");
      });
    });
  });
}

describe("Codex in workerd", () => {
  it("refuses what needs a process or a file, and says so", limited, async () => {
    await using worker = await EdgeWorker.start();
    const transport = { url: "ws://127.0.0.1:1", token: TOKEN };
    const attachment = { name: "a.txt", path: "/a.txt", kind: "file" };
    const cases = [
      { feature: 'transport: "exec"', options: {} },
      { feature: 'transport: "app-server"', options: { transport: "app-server" } },
      { feature: "cli", options: { transport, cli: { traces: true } } },
      { feature: "env", options: { transport, env: {} } },
      { feature: "codexPathOverride", options: { transport, codexPathOverride: "/codex" } },
      { feature: "attachments", options: { transport }, thread: { attachments: [attachment] } },
    ];
    for (const { feature, ...args } of cases) {
      const error = await failureOf(worker.play("refuse", args));
      assert.deepEqual([error.code, error.details], ["unsupported", { feature }]);
    }
    const badUrl = { transport: { url: "http://127.0.0.1" } };
    assert.equal((await failureOf(worker.play("refuse", { options: badUrl }))).name, "TypeError");
    assert.equal(await worker.play("refuse", { options: { transport } }), null);
  });
});
