import assert from "node:assert/strict";
import { after, afterEach, describe, it } from "node:test";
import type { CodexOptions } from "../../src/core/options.ts";
import { type AnyCodexError, isCodexError } from "../../src/errors.ts";
import { catFixture } from "../../src/testing/mod.ts";
import type { CatFixtureOptions } from "../../src/testing/mod.ts";
import { createEngine, type Engine } from "./engine.ts";
import { assertNothingLeft, watchRejections } from "./nothing_left.ts";
import { shellCli } from "./shell_cli.ts";

describe("a run that cannot succeed", () => {
  const cleanUps: (() => void)[] = [];
  const engines: Engine[] = [];
  const rejections = watchRejections();
  afterEach(async () => {
    for (const engine of engines.splice(0)) await assertNothingLeft(engine);
    for (const cleanUp of cleanUps.splice(0)) cleanUp();
  });
  after(async () => assert.deepEqual(await rejections(), []));

  function open(options: CodexOptions): Engine {
    const engine = createEngine(options);
    engines.push(engine);
    return engine;
  }

  function openCli(cli: { path: string; cleanup(): void }): Engine {
    cleanUps.push(cli.cleanup);
    return open({ codexPathOverride: cli.path });
  }

  const openFixture = (lines: Iterable<string | object>, options?: CatFixtureOptions) =>
    openCli(catFixture(lines, options));

  /** The error of a run and of a stream alike, which telemetry tells as well. */
  async function failureOf(engine: Engine, input = "Go"): Promise<AnyCodexError> {
    const thrown = await engine.codex.startThread().run(input).then(
      () => assert.fail("the run succeeded"),
      (error: unknown) => error,
    );
    assert.ok(isCodexError(thrown), String(thrown));
    const [exception] = engine.capture.named("codex.thread.exception");
    assert.equal(exception?.metadata.reason, thrown);
    assert.deepEqual(exception?.metadata.error, { code: thrown.code, message: thrown.message });
    return thrown;
  }

  it("fails with cli_not_found where there is no CLI", async () => {
    const missing = "/no/such/folder/codex";
    for (const options of [{ codexPathOverride: missing }, { env: { CODEX_PATH: missing } }]) {
      const error = await failureOf(open(options));
      assert.deepEqual([error.code, error.details], ["cli_not_found", { tried: [missing] }]);
    }
  });

  it("looks for the CLI again after it was not found", async () => {
    const cli = catFixture([{ type: "turn.started" }]);
    const { codex } = openCli(cli);
    await codex.startThread().run("Go");
    cli.cleanup();
    await assert.rejects(
      codex.startThread().run("Go"),
      (error) => isCodexError(error, "cli_not_found"),
    );
  });

  it("fails with spawn_failed where the CLI cannot be started", async () => {
    const error = await failureOf(open({ codexPathOverride: "/tmp" }));
    assert.deepEqual([error.code, error.details], [
      "spawn_failed",
      { command: "/tmp", reason: "EACCES" },
    ]);
  });

  it("fails with exec_failed where the CLI exits with 9, and keeps what it printed before", async () => {
    const engine = openFixture([{ type: "thread.started", thread_id: "t1" }], {
      exitCode: 9,
      stderr: "no such thing\n",
    });
    const error = await failureOf(engine);
    assert.ok(isCodexError(error, "exec_failed"));
    assert.equal(error.message, "Codex Exec exited with code 9: no such thing\n");
    assert.deepEqual(error.details, { exitCode: 9, signal: null, stderr: "no such thing\n" });
    const [exception] = engine.capture.named("codex.thread.exception");
    assert.equal(exception?.metadata.thread_id, "t1");
    assert.equal(exception?.metadata.process?.exit_code, 9);
  });

  it("fails with exec_failed where the CLI is killed", async () => {
    const error = await failureOf(openFixture([], { signal: "KILL" }));
    assert.ok(isCodexError(error, "exec_failed"));
    assert.equal(error.message, "Codex Exec exited with signal SIGKILL: ");
    assert.deepEqual(error.details, { exitCode: null, signal: "SIGKILL", stderr: "" });
  });

  it("shows the last 8 KiB of standard error, and no half of a character", async () => {
    const stderr = `${"first ".repeat(20_000)}${"é".repeat(4096)}x`;
    const error = await failureOf(openFixture([], { exitCode: 1, stderr }));
    assert.ok(isCodexError(error, "exec_failed"));
    assert.equal(error.details.stderr, `${"é".repeat(4095)}x`);
  });

  it("fails with invalid_event at a line that is no JSON, and ends the CLI", async () => {
    const engine = openFixture(["", { type: "turn.started" }, `warning: ${"é".repeat(500)}`], {
      lingerMs: 60_000,
    });
    const error = await failureOf(engine);
    assert.ok(isCodexError(error, "invalid_event"));
    assert.deepEqual(error.details, { line: 3, text: `warning: ${"é".repeat(191)}` });
    const [stop] = engine.capture.named("codex.process.stop");
    assert.ok(stop?.metadata.stopped_by);
  });

  it("fails with invalid_event where the CLI dies in the middle of a line, and tells how", async () => {
    const engine = openFixture([{ type: "turn.started" }, '{"type":"item.comp'], {
      unterminated: true,
      signal: "KILL",
    });
    const error = await failureOf(engine);
    assert.ok(isCodexError(error, "invalid_event"));
    assert.deepEqual(error.details, { line: 2, text: '{"type":"item.comp' });
    assert.match(error.message, /in the middle of line 2; Codex Exec exited with signal SIGKILL/);
    assert.ok(isCodexError(error.cause, "exec_failed"));
  });

  it("fails with invalid_config before anything starts", async () => {
    const cli = catFixture([]);
    cleanUps.push(cli.cleanup);
    const config = { a: { b: null as unknown as string } };
    const error = await failureOf(open({ codexPathOverride: cli.path, config }));
    assert.deepEqual([error.code, error.details], ["invalid_config", { path: "a.b" }]);
    assert.deepEqual(cli.runs(), []);
  });

  it("fails with invalid_output_schema before anything starts", async () => {
    const cli = catFixture([]);
    const { codex } = openCli(cli);
    const loop: Record<string, unknown> = {};
    loop["loop"] = loop;
    const wrong: [unknown, string][] = [
      [null, "null"],
      [[], "array"],
      ["{}", "string"],
      [() => {}, "function"],
      [loop, "object"],
    ];
    for (const [outputSchema, type] of wrong) {
      await assert.rejects(codex.startThread().run("Go", { outputSchema }), (error) => {
        assert.ok(isCodexError(error, "invalid_output_schema"));
        assert.deepEqual(error.details, { type });
        assert.equal(error.message, "outputSchema must be a plain JSON object");
        return true;
      });
    }
    assert.deepEqual(cli.runs(), []);
  });

  it("never shows what config overrides and the environment hold", async () => {
    const secret = "sk-very-secret";
    const cli = catFixture([], { exitCode: 1 });
    cleanUps.push(cli.cleanup);
    const engine = open({
      codexPathOverride: cli.path,
      apiKey: secret,
      env: { HEADER: secret },
      config: { mcp_servers: { a: { headers: { authorization: secret } } } },
      configOverrides: [`b=${secret}`],
    });
    const error = await failureOf(engine);
    assert.doesNotMatch(JSON.stringify([engine.capture.events, error]), /very-secret/);
    assert.match(cli.runs()[0]?.args.join(" ") ?? "", /very-secret/);
  });
});

describe("a prompt that the CLI does not read", () => {
  const long = "x".repeat(10_000_000);

  it("does not matter when the CLI succeeds", async () => {
    const cli = shellCli("begin; finish; exit 0");
    const engine = createEngine({ codexPathOverride: cli.path });
    const turn = await engine.codex.startThread().run(long);
    assert.equal(turn.usage?.input_tokens, 1);
    await assertNothingLeft(engine);
    cli.cleanup();
  });

  it("is the cause when the CLI fails", async () => {
    const cli = shellCli("exec <&-; echo no >&2; sleep 0.2; exit 3");
    const engine = createEngine({ codexPathOverride: cli.path });
    await assert.rejects(engine.codex.startThread().run(long), (error) => {
      assert.ok(isCodexError(error, "exec_failed"));
      assert.deepEqual(error.details, { exitCode: 3, signal: null, stderr: "no\n" });
      assert.ok(error.cause instanceof Error, String(error.cause));
      return true;
    });
    await assertNothingLeft(engine);
    cli.cleanup();
  });

  it("reaches a CLI that reads it, whole", async () => {
    const cli = shellCli("wc -c > $here/count; begin; finish");
    const engine = createEngine({ codexPathOverride: cli.path });
    await engine.codex.startThread().run(long);
    assert.equal(Number(cli.read("count")), long.length);
    await assertNothingLeft(engine);
    cli.cleanup();
  });
});
