/**
 * One call of a tool, from the arguments of the model to what it is answered.
 * @module
 */
import { CodexError } from "../../errors.ts";
import type { Clock } from "../../events/clock.ts";
import type { JsonSchema, Tool, ToolContent, ToolContext, ToolResult } from "./tool.ts";
import { untilAborted } from "../until_aborted.ts";
import type { ToolStatistics } from "./tool_metrics.ts";

/** How a call ended. */
export interface ToolAnswer {
  success: boolean;
  content: ToolContent[];
  /** Why it failed. */
  error?: string;
}

/** One call of a tool. */
export interface ToolCallInput {
  args: unknown;
  context: ToolContext;
  clock: Clock;
  statistics: ToolStatistics;
}

/**
 * Runs a tool. Whatever it does, the answer is one for the model: bad arguments, a throw, a result
 * that JSON cannot express and a timeout are failed calls with their reason, never a broken turn.
 */
export async function runTool(tool: Tool, call: ToolCallInput): Promise<ToolAnswer> {
  const startMs = call.clock.monotonicMs();
  const answer = await attempt(tool, call).catch(failed);
  call.statistics.record(tool.name, {
    latencyMs: call.clock.monotonicMs() - startMs,
    ...(answer.error === undefined ? {} : { error: answer.error }),
  });
  return answer;
}

/** The answer for a call that failed. */
export function failed(error: unknown): ToolAnswer {
  const message = error instanceof Error ? error.message : String(error);
  return { success: false, content: [{ type: "text", text: message }], error: message };
}

async function attempt(tool: Tool, call: ToolCallInput): Promise<ToolAnswer> {
  await checkArguments(tool, call.args);
  const limit = new AbortController();
  const signal = AbortSignal.any([call.context.signal, limit.signal]);
  const timer = setTimeout(() => limit.abort(toolTimeout(tool)), tool.timeoutMs);
  try {
    const result = Promise.resolve(tool.run(call.args, { ...call.context, signal }));
    // A tool that does not listen to its signal is not waited for.
    return { success: true, content: toContent(await untilAborted(result, signal)) };
  } finally {
    clearTimeout(timer);
  }
}

function toolTimeout(tool: Tool): CodexError<"timeout"> {
  const { name, timeoutMs } = tool;
  return new CodexError("timeout", `Tool ${name} took longer than ${timeoutMs} ms.`, {
    details: { kind: "total", timeoutMs },
  });
}

async function checkArguments(tool: Tool, args: unknown): Promise<void> {
  // Loaded with the first call: most programs have no tools.
  const { Validator } = await import("@cfworker/json-schema");
  const { valid, errors } = new Validator(tool.inputSchema as JsonSchema, "2020-12").validate(args);
  if (valid) return;
  const first = errors.at(-1);
  const where = first?.instanceLocation.replace(/^#/, "") || "/";
  throw new Error(`The arguments of ${tool.name} are invalid at ${where}: ${first?.error}`);
}

function toContent(result: ToolResult): ToolContent[] {
  if (typeof result === "string") return [{ type: "text", text: result }];
  if (isContent(result)) return result;
  return [{ type: "text", text: JSON.stringify(result) ?? "null" }];
}

function isContent(result: ToolResult): result is ToolContent[] {
  return Array.isArray(result) && result.length > 0 && result.every(isPiece);
}

function isPiece(piece: unknown): boolean {
  if (typeof piece !== "object" || piece === null || !("type" in piece)) return false;
  return piece.type === "text" && "text" in piece && typeof piece.text === "string" ||
    piece.type === "image" && "imageUrl" in piece && typeof piece.imageUrl === "string";
}
