import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openWebSocket } from "../../src/core/app_server/open_web_socket.ts";
import type { RemoteAppServer } from "../../src/core/options.ts";
import { type CodexErrorCode, isCodexError } from "../../src/errors.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";
import { type ModelScript, type ScriptedModel, scriptedModel } from "../../src/testing/mod.ts";
import { createFakeEngine } from "../core/app_server/fake_server.ts";
import { createEngine } from "../core/engine.ts";
import { watchRejections } from "../core/nothing_left.ts";
import { runProgram } from "../runtime/running_runtime.ts";
import { inTurn, NEVER, shopThread, withShop } from "./app_server_shop.ts";
import { type RemoteServer, startRemoteServer, startStranger, TOKEN } from "./remote_server.ts";

/** Bounds what may be a hang. */
const limited = { timeout: 60_000 };

async function failsWith<C extends CodexErrorCode>(code: C, promise: Promise<unknown>) {
  const error = await promise.then(() => assert.fail("it resolved"), (error: unknown) => error);
  assert.ok(isCodexError(error, code), `${code}, not ${error}`);
  for (const secret of [TOKEN, "hush"]) {
    const shown: string = JSON.stringify({ ...error, message: error.message, stack: error.stack });
    assert.equal(shown.includes(secret), false, `${secret} in ${shown}`);
  }
  return error;
}

async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}

/** A remote server in an environment with a scripted model. */
async function withRemote(
  script: ModelScript,
  use: (shop: {
    remote: RemoteServer;
    start: (port: number) => Promise<RemoteServer>;
    model: ScriptedModel;
  }) => Promise<void>,
): Promise<void> {
  const model = await scriptedModel(script);
  const servers: RemoteServer[] = [];
  const start = async (port: number) => {
    const server = await startRemoteServer(model.codexOptions().env, port);
    servers.push(server);
    return server;
  };
  try {
    await use({ remote: await start(0), start, model });
  } finally {
    await Promise.all(servers.map((server) => server.kill()));
    await model.close();
  }
}

/** A turn over a remote server, which is expected to fail. */
async function tryTurn(transport: RemoteAppServer): Promise<unknown> {
  const { codex } = createEngine({ transport });
  try {
    return await codex.startThread().run("Go");
  } finally {
    await codex.close();
  }
}

describe("a remote app-server", () => {
  it("serves turns to who has the token, is lost, and found again", limited, async () => {
    const rejections = watchRejections();
    await withRemote(inTurn(["One.", NEVER, "Two."]), async ({ remote, start, model }) => {
      const url = `${remote.url}/?key=hush`;
      for (const token of ["wrong", undefined]) {
        const transport = { url, ...(token ? { token } : {}) };
        const error = await failsWith("unauthorized", tryTurn(transport));
        assert.deepEqual(error.details, { url: remote.url, status: 401 });
      }
      const { codex, capture } = createEngine({ transport: { url: remote.url, token: TOKEN } });
      const thread = codex.startThread({ skipGitRepoCheck: true, sandboxMode: "read-only" });
      const first = await thread.run("Go");
      assert.equal(first.finalResponse, "One.");
      const [started] = capture.named("codex.thread.start");
      assert.deepEqual(
        [started?.metadata.transport, started?.metadata.server_port],
        ["websocket", remote.port],
      );
      assert.equal(started?.metadata.server_address, "127.0.0.1");

      const { events } = await thread.runStreamed("Go");
      while ((await events.next()).value?.type !== "turn.started");
      const losing = failsWith("connection_lost", drain(events));
      await model.waitForRequests(2);
      await remote.kill();
      const lost = await losing;
      assert.match(lost.message, /127\.0\.0\.1/);
      await failsWith("connection_refused", thread.run("Go"));

      await start(remote.port);
      const second = await thread.run("Go on");
      assert.deepEqual([second.finalResponse, second.threadId], ["Two.", first.threadId]);
      assert.equal(second.turnUsage?.input_tokens, 100);
      await codex.close();
    });
    assert.deepEqual(await rejections(), []);
  });

  it(
    "is told apart from nobody, from a web server, and from another WebSocket server",
    limited,
    async () => {
      const web = await startStranger({ status: 200 });
      const forbidding = await startStranger({ status: 403 });
      const chat = await startStranger({ text: "Welcome!" });
      const json = await startStranger({ text: '{"id":1,"result":{"hello":"you"}}' });
      const secretUrl = (url: string) => url.replace("ws://", "ws://user:hush@");
      const transport = (url: string) => ({ url: secretUrl(url), token: TOKEN });
      const headers = { "x-key": "hush" };
      try {
        await failsWith("not_app_server", tryTurn({ ...transport(web.url), headers }));
        await failsWith("unauthorized", tryTurn(transport(forbidding.url)));
        await failsWith("not_app_server", tryTurn(transport(chat.url)));
        await failsWith("not_app_server", tryTurn(transport(json.url)));
      } finally {
        await Promise.all([web, forbidding, chat, json].map((stranger) => stranger.close()));
      }
      const error = await failsWith("connection_refused", tryTurn(transport(web.url)));
      assert.match(error.details.reason, /ECONNREFUSED/);
    },
  );

  it("is lost when it is silent, and closing does not wait for it", limited, async () => {
    await withRemote(inTurn([NEVER]), async ({ remote }) => {
      const { openWebSocket: open } = await loadRuntime();
      const engine = createFakeEngine({
        name: "websocket",
        watch: { intervalMs: 20, timeoutMs: 300 },
        open: (signal) => openWebSocket({ url: remote.url, token: TOKEN }, { open, signal }),
      });
      const { events } = await engine.codex.startThread().runStreamed("Go");
      while ((await events.next()).value?.type !== "turn.started");
      const losing = failsWith(
        "connection_lost",
        (async () => {
          for await (const _ of events);
        })(),
      );
      remote.signal("SIGSTOP");
      assert.match((await losing).message, /no sign of life/);
      await engine.codex.close();
      assert.deepEqual(engine.transport.connections, []);
    });
  });
});

describe("a remote app-server that says nothing any more", () => {
  it("does not keep its client's process alive", { timeout: 120_000 }, async () => {
    await withRemote(inTurn([NEVER]), async ({ remote }) => {
      const args = [remote.url, TOKEN, String(remote.pid)];
      const { code, signal, stdout, stderr } = await runProgram("silent_remote_program.ts", args);
      assert.deepEqual([code, signal, stdout], [0, null, "closed\n"], stderr);
    });
  });
});

describe("an API key", () => {
  it("reaches the app-server, and neither its command line nor its files", limited, async () => {
    const key = "sk-secret-of-the-test";
    await withShop(() => "Hello.", async ({ codex, registry, model, folder, capture }) => {
      await codex.startThread(shopThread(folder)).run("Go");
      const home = model.codexHome!;
      const { pid, command } = registry.list()[0]!;
      assert.equal(command.includes(key), false);
      if (existsSync("/proc")) {
        for (const file of ["cmdline", "environ"]) {
          assert.equal(readFileSync(`/proc/${pid}/${file}`, "utf8").includes(key), false, file);
        }
      }
      assert.equal(existsSync(join(home, "auth.json")), false);
      assert.equal(model.requests[0]?.headers["authorization"], `Bearer ${key}`);
      assert.equal(JSON.stringify(capture.events).includes(key), false);
    }, (model) => ({
      apiKey: key,
      config: {
        model_provider: "keyed",
        model_providers: {
          keyed: {
            name: "keyed",
            base_url: `${model.url}/v1`,
            wire_api: "responses",
            requires_openai_auth: true,
            supports_websockets: false,
          },
        },
      },
    }));
  });
});
