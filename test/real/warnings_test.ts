/** What the real CLI warns of while it goes on. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { reply } from "../../src/testing/mod.ts";
import { shopThread, withShop } from "./app_server_shop.ts";
import { TRANSPORTS } from "./joined_cli.ts";

describe("a stream of the model that is cut, and repeated", () => {
  for (const transport of TRANSPORTS) {
    it(`is a warning on the turn's span, and does not end the turn, by ${transport}`, async () => {
      const script = [reply.cut("Half a"), "Whole."];
      await withShop(script, async ({ codex, folder, capture, spans }) => {
        const turn = await codex.startThread(shopThread(folder)).run("Go");
        assert.equal(turn.finalResponse, "Whole.");
        const retries = capture.named("codex.turn.warning")
          .filter(({ metadata }) => metadata.kind === "retry");
        assert.match(retries[0]?.metadata.message ?? "", /^Reconnecting\.\.\. 1\/1/);
        assert.equal(retries[0]?.metadata.thread_id, turn.threadId);
        const [span] = spans();
        const warnings = span?.events.filter(({ name }) => name === "codex.turn.warning") ?? [];
        const [warning] = warnings.filter(({ attributes }) =>
          attributes["codex.warning.kind"] === "retry"
        );
        assert.match(String(warning?.attributes["codex.warning.message"]), /^Reconnecting/);
        assert.equal(span?.status.code, "unset");
      }, {
        transport,
        config: { model_providers: { scripted: { stream_max_retries: 1 } } },
      });
    });
  }
});
