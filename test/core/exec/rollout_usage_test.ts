import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readRolloutUsage } from "../../../src/core/exec/rollout_usage.ts";
import { fakeRuntime } from "../fake_runtime.ts";

const tokenCount = (inputTokens: number | undefined) =>
  JSON.stringify({
    type: "event_msg",
    payload: {
      type: "token_count",
      info: inputTokens === undefined
        ? null
        : { total_token_usage: { input_tokens: inputTokens, output_tokens: 0, total_tokens: 9 } },
    },
  });

const read = (files: Record<string, string>, env: Record<string, string> = { CODEX_HOME: "/c" }) =>
  readRolloutUsage(fakeRuntime({ files }), { threadId: "t1", env });

const PATH = "sessions/2026/11/22/rollout-2026-11-22T08-00-00-t1.jsonl";

describe("readRolloutUsage()", () => {
  it("takes the last total of the thread's own file", async () => {
    const text = [tokenCount(1), tokenCount(2), tokenCount(undefined), '{"type":"other"}'];
    const files = {
      [`/c/${PATH}`]: text.join("\n"),
      [`/c/${PATH.replace("-t1", "-xt1")}`]: tokenCount(7),
      "/c/sessions/2026/11/23/rollout-2026-11-23T08-00-00-t2.jsonl": tokenCount(8),
      "/c/sessions/notes.txt": "",
    };
    assert.deepEqual(await read(files), { input_tokens: 2, output_tokens: 0 });
  });

  it("looks in CODEX_HOME, then in .codex of HOME, then of the user's own folder", async () => {
    const files = {
      [`/c/${PATH}`]: tokenCount(1),
      [`/h/.codex/${PATH}`]: tokenCount(2),
      [`/home/me/.codex/${PATH}`]: tokenCount(3),
    };
    assert.equal((await read(files, { CODEX_HOME: "/c", HOME: "/h" }))?.input_tokens, 1);
    assert.equal((await read(files, { CODEX_HOME: "", HOME: "/h" }))?.input_tokens, 2);
    assert.equal((await read(files, {}))?.input_tokens, 3);
  });

  it("takes the newest file where a thread has several", async () => {
    const files = {
      [`/c/${PATH}`]: tokenCount(1),
      [`/c/${PATH.replaceAll("11", "12")}`]: tokenCount(2),
    };
    assert.equal((await read(files))?.input_tokens, 2);
  });

  it("knows nothing where there is no file, or none that tells", async () => {
    for (
      const text of ["", "no json token_count", '{"payload":"token_count"}', tokenCount(undefined)]
    ) {
      assert.equal(await read({ [`/c/${PATH}`]: text }), undefined);
    }
    assert.equal(await read({}), undefined);
    assert.equal(await read({ "/c/sessions/2026/11/22/x": "" }), undefined);
  });

  it("is not misled by a message that quotes a token count", async () => {
    const quote = JSON.stringify({ payload: { type: "message", text: tokenCount(99) } });
    const files = { [`/c/${PATH}`]: [tokenCount(1), quote].join("\n") };
    assert.equal((await read(files))?.input_tokens, 1);
  });
});
