import assert from "node:assert/strict";
import process from "node:process";
import type { TelemetryEventName } from "../../src/events/catalogue.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";
import type { Engine } from "./engine.ts";

const PAIRS: readonly (readonly [TelemetryEventName, readonly TelemetryEventName[]])[] = [
  ["codex.thread.start", ["codex.thread.stop", "codex.thread.exception"]],
  ["codex.tool.start", ["codex.tool.success", "codex.tool.failure"]],
  [
    "codex.mcp.tool_call.start",
    ["codex.mcp.tool_call.success", "codex.mcp.tool_call.failure"],
  ],
  ["codex.process.start", ["codex.process.stop"]],
];

/**
 * Asserts that the runs of an engine have left nothing: each start has one end, the last event is
 * the end of a run, no process is listed, and none of those that were runs.
 */
export async function assertNothingLeft(
  { capture, registry }: Engine,
  { processOutlivesTurn = false }: { processOutlivesTurn?: boolean } = {},
): Promise<void> {
  for (const [start, ends] of PAIRS) {
    const endCount = ends.reduce((sum, end) => sum + capture.named(end).length, 0);
    assert.equal(endCount, capture.named(start).length, `ends of ${start}`);
  }
  const last = capture.names.at(-1);
  if (last && !processOutlivesTurn) assert.match(last, /^codex\.thread\.(stop|exception)$/);
  assert.deepEqual(registry.list(), []);
  const pids = capture.named("codex.process.start").map(({ metadata }) => metadata.pid);
  // At once, so that all groups are looked up in one reading of the process table.
  assert.deepEqual((await Promise.all(pids.map(groupOf))).flat(), [], "groups of processes");
}

/** The processes that run in a group. */
export async function groupOf(pid: number): Promise<number[]> {
  const { processes } = await loadRuntime();
  return (await processes.groupMembers(pid)).map((one) => one.pid);
}

/** Whether a process runs. */
export async function isRunning(pid: number): Promise<boolean> {
  const { processes } = await loadRuntime();
  const [one] = (await processes.descendants(1)).filter((candidate) => candidate.pid === pid);
  return one !== undefined;
}

/** Gathers unhandled rejections until it is asked for them. */
export function watchRejections(): () => Promise<unknown[]> {
  const rejections: unknown[] = [];
  const note = (reason: unknown) => void rejections.push(reason);
  process.on("unhandledRejection", note);
  return async () => {
    // Rejections are reported after the microtasks of the turn of the event loop they are in.
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off("unhandledRejection", note);
    return rejections;
  };
}
