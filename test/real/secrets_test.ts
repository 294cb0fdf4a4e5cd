/** Secrets in all that a turn of the real CLI says, and what of them reaches a collector. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ContentOptions } from "../../src/telemetry/content.ts";
import { reply } from "../../src/testing/mod.ts";
import { TRANSPORTS, withJoinedCli } from "./joined_cli.ts";

/** Built from parts, so that no scanner takes this file for a leak. */
const planted = (where: string) => "sk-" + `planted-${where}-0123456789abcdef`;

const BEARER = "planted.bearer.of-the-collector";

const SCRIPT = [
  reply.command(`echo ${planted("command")}; echo "$SEEN_BY_COMMANDS"; printf 'x-%s' ok`),
  reply.failure(`refused: ${planted("failure")} for https://user:planted-password@host/`),
];

/** All that a collector gets of such a turn. */
async function sent(transport: typeof TRANSPORTS[number], content: ContentOptions) {
  let bodies = "";
  await withJoinedCli({
    script: SCRIPT,
    codex: { transport },
    env: { SEEN_BY_COMMANDS: planted("environment") },
    configure: {
      headers: { authorization: `Bearer ${BEARER}` },
      signals: ["traces", "metrics", "logs"],
      resource: { "service.name": planted("resource") },
      compression: "none",
      content,
    },
  }, async ({ codex, thread, collector, finish }) => {
    const turn = codex.startThread(thread).run(`Use ${planted("prompt")}`, {
      trace: { workflow: planted("workflow") },
    });
    await assert.rejects(turn, /refused/);
    await finish();
    assert.ok(
      collector.requests.every(({ headers }) => headers["authorization"] === `Bearer ${BEARER}`),
    );
    bodies = collector.requests.map(({ body }) => JSON.stringify(body)).join("\n");
  });
  return bodies;
}

const ALL = { prompts: true, responses: true, toolArguments: true, toolOutput: true, diffs: true };

describe("a secret in a turn of the real CLI", () => {
  for (const transport of TRANSPORTS) {
    it(`does not reach a collector, by ${transport}`, { timeout: 60_000 }, async () => {
      const bodies = await sent(transport, {});
      assert.deepEqual(bodies.match(/.{0,60}planted.{0,20}/g), null);
      assert.doesNotMatch(bodies, /x-ok|Use /);
      assert.match(bodies, /refused: \[redacted\] for https:\/\/\[redacted\]@host/);
    });

    it(`is masked in content that is asked for, by ${transport}`, { timeout: 60_000 }, async () => {
      const bodies = await sent(transport, ALL);
      assert.deepEqual(bodies.match(/.{0,60}planted.{0,20}/g), null);
      assert.match(bodies, /Use \[redacted\]/);
      assert.match(bodies, /\[redacted\]\\+n\[redacted\]\\+nx-ok/);
    });
  }
});
