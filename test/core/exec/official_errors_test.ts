import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { Codex as OfficialCodex } from "@openai/codex-sdk";
import type { CodexOptions, TurnOptions } from "@openai/codex-sdk";
import { catFixture } from "../../../src/testing/mod.ts";
import type { CatFixture } from "../../../src/testing/mod.ts";
import { createEngine } from "../engine.ts";

interface Case {
  codex?: Partial<CodexOptions>;
  turn?: TurnOptions;
  fixture?: CatFixture;
}

const CASES: Record<string, Case> = {
  "a config override that is null": { codex: { config: { a: { b: null as never } } } },
  "a config override that is no finite number": { codex: { config: { a: [Infinity] } } },
  "a config override without a key": { codex: { config: { a: { "": 1 } } } },
  "a config override of a type that TOML lacks": { codex: { config: { a: (() => {}) as never } } },
  "a config that is no object": { codex: { config: ["a"] as never } },
  "a schema that is null": { turn: { outputSchema: null } },
  "a schema that is an array": { turn: { outputSchema: [] } },
  "a schema that is a text": { turn: { outputSchema: "{}" } },
  "a CLI that exits with 9": { fixture: catFixture([], { exitCode: 9, stderr: "no such ü\n" }) },
  "a CLI that is killed": { fixture: catFixture(['{"type":"x"}'], { signal: "KILL" }) },
  "a turn that fails": {
    fixture: catFixture([{ type: "turn.failed", error: { message: "it broke" } }], { exitCode: 1 }),
  },
};

describe("the exec transport and @openai/codex-sdk", () => {
  const empty = catFixture([]);
  after(() => {
    empty.cleanup();
    for (const { fixture } of Object.values(CASES)) fixture?.cleanup();
  });

  async function failureOf(name: "official" | "ours", given: Case): Promise<Error> {
    const options = { codexPathOverride: (given.fixture ?? empty).path, ...given.codex };
    try {
      const codex = name === "ours" ? createEngine(options).codex : new OfficialCodex(options);
      await codex.startThread().run("prompt", given.turn);
    } catch (error) {
      assert.ok(error instanceof Error);
      return error;
    }
    assert.fail("nothing was thrown");
  }

  for (const [title, given] of Object.entries(CASES)) {
    it(`fail with the same message, given ${title}`, async () => {
      const official = await failureOf("official", given);
      const ours = await failureOf("ours", given);
      assert.equal(ours.message, official.message);
    });
  }

  it("fail with the name and message of Node's own AbortError, given an aborted signal", async () => {
    // Not compared at run time: under Bun, the official SDK's process dies of an EPIPE here.
    const ours = await failureOf("ours", { turn: { signal: AbortSignal.abort("why") } });
    assert.deepEqual([ours.name, ours.message], ["AbortError", "The operation was aborted"]);
    assert.equal(ours.cause, "why");
  });

  it("begin the message alike, given a line that is no JSON", async () => {
    const fixture = catFixture(["no json"]);
    const message = "Failed to parse item: no json";
    // Under Deno the official SDK now and then does not come back from this: its readline does not end.
    if (!("Deno" in globalThis)) {
      assert.equal((await failureOf("official", { fixture })).message, message);
    }
    const ours = await failureOf("ours", { fixture });
    fixture.cleanup();
    assert.equal(ours.message, `${message} (line 1)`);
  });

  it("begin the message alike, given a program that is not there", async () => {
    const given = { codex: { codexPathOverride: "/no/such/codex" } };
    const ours = await failureOf("ours", given);
    assert.match(ours.message, /^spawn \/no\/such\/codex ENOENT/);
  });
});
