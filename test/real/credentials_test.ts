/** No credential is in reach of the agent: the real CLI, whose model has it look around. */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { reply } from "../../src/testing/mod.ts";
import type { CodexOptions } from "../../src/core/options.ts";
import { captureEvents } from "../../src/testing/mod.ts";
import { type JoinedOptions, TRANSPORTS, withJoinedCli } from "./joined_cli.ts";

const KEY = "planted-key-4711";
const COLLECTOR = "planted-header-4712";
const INHERITED = {
  USER_HIDDEN: "hidden-4716",
  USER_SEEN: "seen-4717",
  MY_OWN_NAME_FOR_THE_KEY: KEY,
  CODEX_OTLP_HEADERS: "authorization=planted-codex-otlp-4713",
  OTEL_EXPORTER_OTLP_HEADERS: "authorization=planted-otel-4714",
  OTEL_EXPORTER_OTLP_CLIENT_KEY: "/planted-path-4715",
};

/** Everything that a command can see of its environment and of the command lines of processes. */
const LOOK_AROUND = reply.command("env; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '");

/** The user's own policy, which must go on to work. */
const POLICY = `[shell_environment_policy]
exclude = ["USER_HIDDEN"]

[shell_environment_policy.set]
USER_SET = "kept"
`;

const ALL = { traces: true, metrics: true, logs: true };

/** What a command of the agent has seen. No planted secret was in it, nor in what is told of it. */
async function lookAround(codexOptions: CodexOptions, more: Partial<JoinedOptions> = {}) {
  let output = "";
  let authorizations: (string | undefined)[] = [];
  await withJoinedCli({
    script: [LOOK_AROUND, "Done."],
    codex: { apiKey: KEY, ...codexOptions },
    config: POLICY,
    configure: {
      headers: { authorization: `Bearer ${COLLECTOR}` },
      signals: ["traces", "metrics", "logs"],
      content: { prompts: true, responses: true, toolArguments: true, toolOutput: true },
    },
    ...more,
  }, async ({ codex, thread, collector, telemetry, finish }) => {
    const events = captureEvents(telemetry);
    const turn = await codex.startThread(thread).run("Look around");
    output = turn.items.map((item) => "aggregated_output" in item ? item.aggregated_output : "")
      .join();
    await finish();
    const told = JSON.stringify([
      turn,
      events.events,
      collector.requests.map(({ body }) => body),
    ]);
    for (const text of [output, told]) {
      assert.doesNotMatch(text, /planted-[a-z-]+-\d+|hidden-4716/);
    }
    authorizations = collector.requests.map(({ headers }) => headers["authorization"]);
  });
  assert.match(output, /^USER_SEEN=seen-4717$/m);
  assert.match(output, /^USER_SET=kept$/m);
  assert.doesNotMatch(output, /^USER_HIDDEN=/m);
  return { output, authorizations };
}

const skip = process.platform === "linux" ? false : "there is no /proc here";

describe("a command of the agent", { skip }, () => {
  for (const transport of TRANSPORTS) {
    it(`sees no credential in what the CLI inherits, by ${transport}`, async () => {
      const { output } = await lookAround({ transport }, { inherited: INHERITED });
      assert.doesNotMatch(output, /^(OTEL|CODEX_OTLP)_/m);
    });

    it(`sees none of the join's, by ${transport}`, async () => {
      const { authorizations } = await lookAround({ transport, cli: ALL }, {
        inherited: INHERITED,
      });
      assert.ok(authorizations.length > 3);
      assert.deepEqual([...new Set(authorizations)], [`Bearer ${COLLECTOR}`]);
    });

    it(`sees none in an environment of the caller's, by ${transport}`, async () => {
      const { output, authorizations } = await lookAround({ transport, cli: ALL }, {
        env: INHERITED,
      });
      assert.deepEqual([...new Set(authorizations)], [`Bearer ${COLLECTOR}`]);
      assert.match(output, /^OTEL_EXPORTER_OTLP_HEADERS=$/m);
    });
  }
});
