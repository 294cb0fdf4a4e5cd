/**
 * Tools that the agent can call and that run in this process.
 * @module
 */
import { checkTimeout } from "../timeouts.ts";

/** A JSON Schema, as the model is shown it. */
export type JsonSchema = { [keyword: string]: unknown };

/** One piece of a tool's result. */
export type ToolContent =
  | { type: "text"; text: string }
  | { type: "image"; imageUrl: string };

/** What a tool may return: text, pieces of content, or any value that JSON can express. */
export type ToolResult = string | ToolContent[] | object | number | boolean | null | undefined;

/** What a tool is told of the call it serves. */
export interface ToolContext {
  /** Aborted when the turn is, or when the call takes too long. */
  signal: AbortSignal;
  /** The thread that calls. */
  threadId: string;
  /** The turn that calls. */
  turnId: string;
  /** This call; its telemetry events have it as `call_id`. */
  callId: string;
  /** W3C trace context of the tool's span, to hand over to other processes; absent without tracing. */
  traceparent?: string;
}

/** How a tool is made. */
export interface ToolDefinition<Args> {
  /** Letters, digits, `_` and `-`, at most 64 of them. */
  name: string;
  /** Tells the model what the tool is for. */
  description: string;
  /** Of the arguments, an object; they are checked against it before `run` is called. */
  inputSchema: JsonSchema;
  /** How long a call may take; two minutes by default. */
  timeoutMs?: number;
  /** Serves one call. What it throws is told to the model as the reason of a failed call. */
  run(args: Args, context: ToolContext): ToolResult | Promise<ToolResult>;
}

/** A tool for `ThreadOptions.tools`. Made by {@linkcode tool}. */
export interface Tool {
  /** What the model calls it by. */
  readonly name: string;
  /** What the model is told it is for. */
  readonly description: string;
  /** What its arguments must be. */
  readonly inputSchema: JsonSchema;
  /** How long a call may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Serves one call, with arguments that fit the schema. */
  run(args: unknown, context: ToolContext): ToolResult | Promise<ToolResult>;
}

const DEFAULT_TIMEOUT_MS = 120_000;

/** The API takes these characters in a function's name. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Makes a tool.
 * @throws {TypeError} when a part is missing, the name is none that the model can call, or JSON
 * cannot express the schema.
 * @throws {RangeError} when `timeoutMs` is not above 0, or above 24.8 days.
 *
 * @example A tool that adds
 * ```ts
 * import { tool } from "@codex-otel/sdk";
 * import assert from "node:assert/strict";
 *
 * const add = tool<{ a: number; b: number }>({
 *   name: "add",
 *   description: "Adds two numbers.",
 *   inputSchema: {
 *     type: "object",
 *     properties: { a: { type: "number" }, b: { type: "number" } },
 *     required: ["a", "b"],
 *   },
 *   run: ({ a, b }) => a + b,
 * });
 * assert.equal(add.name, "add");
 * ```
 */
export function tool<Args = Record<string, unknown>>(definition: ToolDefinition<Args>): Tool {
  const { name, description, inputSchema, run, timeoutMs = DEFAULT_TIMEOUT_MS } = definition;
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new TypeError(
      `The name of a tool must match ${NAME}, and ${JSON.stringify(name)} does not.`,
    );
  }
  if (typeof description !== "string") throw new TypeError(`Tool ${name} needs a description.`);
  if (typeof inputSchema !== "object" || inputSchema === null || Array.isArray(inputSchema)) {
    throw new TypeError(`The inputSchema of tool ${name} must be a JSON Schema object.`);
  }
  JSON.stringify(inputSchema);
  if (typeof run !== "function") throw new TypeError(`Tool ${name} needs a function run.`);
  checkTimeout(`timeoutMs of tool ${name}`, timeoutMs);
  return {
    name,
    description,
    inputSchema,
    timeoutMs,
    run: (args, context) => run(args as Args, context),
  };
}
