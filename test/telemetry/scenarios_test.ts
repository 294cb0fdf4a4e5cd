/** From what the CLI says to what a collector receives, for every way that a run can go. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createTelemetry } from "../../src/telemetry/instance.ts";
import type { SemconvMode } from "../../src/telemetry/options.ts";
import { otlpReceiver } from "../../src/testing/mod.ts";
import { metricLinesOf, outlineOf } from "./outline.ts";
import { type Drive, EXEC_DRIVES } from "./exec_scenarios.ts";
import { LIVE_DRIVES } from "./live_scenarios.ts";

/** What is expected of a scenario, by the names of v1.41. */
interface Expected {
  tree: string[];
  /** Beside those of {@linkcode common}. */
  metrics: string[];
  result?: string;
  /** The class of the turn's error. */
  error?: string;
  calls: number;
  /** Tokens that the turn has used: input, output, and those written to the cache. */
  usage?: [input: number, output: number, cacheWrite: number];
}

const OK = "invoke_agent codex result=ok in=30 out=9 cache_creation=4 +thread.token_usage.updated";
const USED: Expected["usage"] = [30, 9, 4];

/** A run that broke while a command ran. */
const broken = (error: string): Expected => ({
  tree: [
    `invoke_agent codex ERROR result=error error=${error} +exception`,
    "  execute_tool exec_command npm ERROR error=turn_ended unfinished=true",
  ],
  metrics: ["gen_ai.execute_tool.duration exec_command turn_ended = 1 times"],
  result: "error",
  error,
  calls: 1,
});

/** A run whose command was not allowed. */
const refused = (decision: string): Expected => ({
  tree: [
    OK,
    "  execute_tool exec_command rm ERROR error=declined",
    `  codex.approval decision=${decision}`,
  ],
  metrics: [
    `codex.approval.wait ${decision} = 1 times`,
    "gen_ai.execute_tool.duration exec_command declined = 1 times",
  ],
  calls: 1,
  usage: USED,
});

/** What is expected of a run by exec. */
const EXEC: Record<string, Expected> = {
  "ok": {
    tree: [OK, "  execute_tool exec_command npm exit=0"],
    metrics: ["gen_ai.execute_tool.duration exec_command = 1 times"],
    calls: 1,
    usage: USED,
  },
  "failed": {
    tree: [
      "invoke_agent codex ERROR result=error error=turn_failed +exception",
      "  execute_tool exec_command npm ERROR error=command_failed exit=1",
    ],
    metrics: ["gen_ai.execute_tool.duration exec_command command_failed = 1 times"],
    result: "error",
    error: "turn_failed",
    calls: 1,
  },
  "aborted": broken("aborted"),
  "early exit": {
    tree: [
      "invoke_agent codex result=early_exit early=true",
      "  execute_tool exec_command npm ERROR error=turn_ended unfinished=true",
    ],
    metrics: ["gen_ai.execute_tool.duration exec_command turn_ended = 1 times"],
    result: "early_exit",
    calls: 1,
  },
  "crash": broken("exec_failed"),
  "timed out": broken("timeout"),
  "compacted": {
    tree: [
      OK.replace("result=ok", "result=ok compacted=true"),
      "  codex.compaction stage=completed savings=120",
    ],
    metrics: ["codex.compaction.count completed = 1"],
    calls: 0,
    usage: USED,
  },
  "MCP": {
    tree: [
      OK,
      "  execute_tool forecast server=weather",
      "  execute_tool forecast ERROR error=mcp_tool_failed server=weather",
    ],
    metrics: [
      "gen_ai.execute_tool.duration forecast = 1 times",
      "gen_ai.execute_tool.duration forecast mcp_tool_failed = 1 times",
    ],
    calls: 2,
    usage: USED,
  },
};

/** And over an app-server, where it differs. */
const LIVE: Record<string, Expected> = {
  "ok": EXEC["ok"]!,
  "failed": EXEC["failed"]!,
  "aborted": broken("aborted"),
  "early exit": EXEC["early exit"]!,
  "interrupted": EXEC["early exit"]!,
  "crash": broken("connection_lost"),
  "denied": refused("deny"),
  "timed out": broken("timeout"),
  "approval timed out": refused("timeout"),
  "compacted": {
    ...EXEC["compacted"]!,
    // The CLI (0.169) does not tell what it saved.
    tree: EXEC["compacted"]!.tree.map((line) => line.replace(" savings=120", "")),
  },
  "compaction failed": {
    tree: [
      EXEC["failed"]!.tree[0]!,
      "  codex.compaction ERROR error=compaction_failed stage=failed",
    ],
    metrics: ["codex.compaction.count failed = 1"],
    result: "error",
    error: "turn_failed",
    calls: 0,
  },
  "MCP": EXEC["MCP"]!,
  "dynamic tool": {
    tree: [OK, "  execute_tool add"],
    metrics: ["gen_ai.execute_tool.duration add = 1 times"],
    calls: 1,
    usage: USED,
  },
};

/** The metrics of every run. The process of an app-server is not the run's. */
function common(
  { result = "ok", error, calls }: Expected,
  { transport, mode }: { transport: string; mode: SemconvMode },
) {
  const duration = mode === "default"
    ? "gen_ai.client.operation.duration"
    : "gen_ai.invoke_agent.duration";
  return [
    ...(transport === "exec" ? ["codex.process.active exec = 0"] : []),
    `codex.thread.active ${transport} = 0`,
    `codex.turn.count ${result} = 1`,
    `${duration} invoke_agent openai ${error === undefined ? "" : `${error} `}= 1 times`,
    `gen_ai.invoke_agent.tool_calls = 1 times ${calls}`,
  ];
}

function tokenMetrics({ usage }: Expected, mode: SemconvMode): string[] {
  if (!usage) return [];
  const [input, output, cacheWrite] = usage;
  const name = "gen_ai.client.token.usage invoke_agent openai gpt-5";
  if (mode === "default") {
    return [`${name} input = 1 times ${input}`, `${name} output = 1 times ${output}`];
  }
  const counts = {
    "input_tokens": input,
    "output_tokens": output,
    "cache_read.input_tokens": 0,
    "cache_write.input_tokens": cacheWrite,
    "reasoning.output_tokens": 0,
  };
  return Object.entries(counts).map(([kind, count]) =>
    `gen_ai.client.inference.usage.${kind} openai gpt-5 = ${count}`
  );
}

async function exported(drive: Drive, semconv: SemconvMode) {
  await using receiver = await otlpReceiver();
  const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
  await telemetry.configure({
    enabled: true,
    endpoint: receiver.url,
    signals: ["traces", "metrics"],
    semconv,
  });
  await drive(telemetry);
  await telemetry.shutdown();
  return { tree: outlineOf(receiver.spans), metrics: metricLinesOf(receiver.metrics) };
}

const TABLES = [
  { transport: "exec", drives: EXEC_DRIVES, table: EXEC },
  { transport: "app-server", drives: LIVE_DRIVES, table: LIVE },
] as const;

describe("spans and metrics", () => {
  for (const { transport, drives, table } of TABLES) {
    for (const [name, expected] of Object.entries(table)) {
      for (const mode of ["default", "gen_ai_latest_experimental"] as const) {
        it(`tell a run by ${transport}: ${name}, with the names of ${mode}`, async () => {
          const { tree, metrics } = expected;
          assert.deepEqual(await exported(drives[name]!, mode), {
            tree: mode === "default"
              ? tree
              : tree.map((line) => line.replace("cache_creation", "cache_write")),
            metrics: [
              ...common(expected, { transport, mode }),
              ...tokenMetrics(expected, mode),
              ...metrics,
            ].sort(),
          });
        });
      }
    }

    it(`are expected of every scenario by ${transport}`, () => {
      assert.deepEqual(Object.keys(table), Object.keys(drives));
    });
  }
});
