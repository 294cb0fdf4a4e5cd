import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { reply, scriptedModel } from "../../src/testing/mod.ts";
import type { ModelScript, ScriptedModel } from "../../src/testing/mod.ts";

interface StreamEvent {
  type: string;
  item?: { name?: string; arguments?: string; content?: { text: string }[] };
  response?: { usage?: { input_tokens: number }; error?: { message: string } };
}

async function ask(model: ScriptedModel, body: unknown = {}): Promise<Response> {
  return await fetch(`${model.url}/v1/responses`, {
    method: "POST",
    headers: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
    body: JSON.stringify(body),
  });
}

async function askForEvents(model: ScriptedModel): Promise<StreamEvent[]> {
  const text = await (await ask(model)).text();
  return text.split("\n").filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)) as StreamEvent);
}

async function withModel(script: ModelScript, use: (model: ScriptedModel) => Promise<void>) {
  const model = await scriptedModel(script);
  try {
    await use(model);
  } finally {
    await model.close();
  }
}

describe("scriptedModel()", () => {
  it("streams a message, with its usage", async () => {
    await withModel([reply.message("Hello", { usage: { input_tokens: 7 } })], async (model) => {
      const events = await askForEvents(model);
      assert.deepEqual(events.map(({ type }) => type), [
        "response.created",
        "response.output_item.added",
        "response.output_text.delta",
        "response.output_item.done",
        "response.completed",
      ]);
      assert.equal(events[3]?.item?.content?.[0]?.text, "Hello");
      assert.equal(events[4]?.response?.usage?.input_tokens, 7);
    });
  });

  it("takes a string for a message", async () => {
    await withModel(["Hello"], async (model) => {
      const events = await askForEvents(model);
      assert.equal(events[3]?.item?.content?.[0]?.text, "Hello");
    });
  });

  it("streams a command and a patch as calls of exec_command", async () => {
    const script = [reply.command("ls", { workingDirectory: "/tmp" }), reply.patch("*** Begin")];
    await withModel(script, async (model) => {
      const [command] = (await askForEvents(model)).filter(({ item }) => item);
      assert.equal(command?.item?.name, "exec_command");
      assert.deepEqual(JSON.parse(command?.item?.arguments ?? ""), {
        cmd: "ls",
        workdir: "/tmp",
        login: false,
        yield_time_ms: 30_000,
      });
      const [patch] = (await askForEvents(model)).filter(({ item }) => item);
      assert.match(patch?.item?.arguments ?? "", /apply_patch <<'PATCH'\\n\*\*\* Begin\\nPATCH/);
    });
  });

  it("fails as the script says: by an event, by a status, by a connection cut off", async () => {
    const script = [
      reply.failure("broke"),
      reply.http(429, { body: "slow down" }),
      reply.cut("half"),
    ];
    await withModel(script, async (model) => {
      const events = await askForEvents(model);
      assert.equal(events.at(-1)?.response?.error?.message, "broke");
      const refused = await ask(model);
      assert.deepEqual([refused.status, await refused.text()], [429, "slow down"]);
      await assert.rejects(async () => await (await ask(model)).text());
      assert.deepEqual(model.problems, []);
    });
  });

  it("asks a function for each answer, with the request and its index", async () => {
    const script: ModelScript = (request, index) => `${String(request.body.prompt)} ${index}`;
    await withModel(script, async (model) => {
      await (await ask(model, { prompt: "a" })).text();
      const text = await (await ask(model, { prompt: "b" })).text();
      assert.match(text, /"b 1"/);
      assert.match(model.requests[1]?.headers.traceparent ?? "", /^00-0af7651916cd43dd/);
    });
  });

  it("answers with an error that names the request when the script has run out", async () => {
    await withModel(["only one"], async (model) => {
      await askForEvents(model);
      const response = await ask(model);
      assert.equal(response.status, 501);
      assert.match(await response.text(), /request 2 came, but the script ends after 1/);
      assert.equal(model.problems.length, 1);
      assert.equal(model.requests.length, 2);
    });
  });

  it("notes a script that throws", async () => {
    const script: ModelScript = () => {
      throw new Error("no idea");
    };
    await withModel(script, async (model) => {
      assert.match(await (await ask(model)).text(), /no idea/);
      assert.deepEqual(model.problems, ["no idea"]);
    });
  });

  it("answers other requests harmlessly and does not count them", async () => {
    await withModel([], async (model) => {
      const response = await fetch(`${model.url}/v1/models`);
      assert.deepEqual(await response.json(), { data: [], models: [] });
      assert.equal(model.requests.length, 0);
    });
  });

  it("waits for requests", async () => {
    await withModel(["a"], async (model) => {
      const waiting = model.waitForRequests(1);
      await askForEvents(model);
      assert.equal((await waiting).length, 1);
      await assert.rejects(model.waitForRequests(2, { timeoutMs: 20 }), /1 of 2 requests/);
    });
  });

  it("gives the CLI a CODEX_HOME of its own and removes it", async () => {
    const model = await scriptedModel([]);
    const { env } = model.codexOptions({ env: { EXTRA: "1" } });
    const home = env.CODEX_HOME ?? "";
    assert.equal(home, model.codexHome);
    assert.match(readFileSync(join(home, "config.toml"), "utf8"), new RegExp(model.url));
    assert.equal(env.EXTRA, "1");
    assert.equal(model.codexOptions().env.CODEX_HOME, home);
    await model.close();
    assert.equal(existsSync(home), false);
  });
});
