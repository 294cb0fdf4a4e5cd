/**
 * Calls of dynamic tools.
 * @module
 */
import { type Fields, stringField } from "../fields.ts";
import type { DynamicToolCallOutputContentItem, DynamicToolCallResponse } from "./types.ts";

/** The method of a call. */
export const TOOL_CALL_METHOD = "item/tool/call";

/** A call of a dynamic tool. The server has not checked the arguments against the tool's schema. */
export interface ToolCallRequest {
  /** The tool's name. */
  tool: string;
  /** As the model gave them. */
  arguments: unknown;
  /** The id of the call's item. */
  callId: string;
  /** The thread that calls. */
  threadId: string;
  /** The turn that calls. */
  turnId: string;
}

/** One piece of what a tool answers. */
export type ToolCallContent =
  | { type: "text"; text: string }
  | { type: "image"; imageUrl: string };

/** Reads the parameters of `item/tool/call`; undefined when they name no tool. */
export function readToolCall(params: Fields): ToolCallRequest | undefined {
  const tool = stringField(params, "tool");
  if (tool === undefined) return undefined;
  return {
    tool,
    arguments: params["arguments"],
    callId: stringField(params, "callId") ?? "",
    threadId: stringField(params, "threadId") ?? "",
    turnId: stringField(params, "turnId") ?? "",
  };
}

/** The answer to a call: what the model reads, and whether the call counts as a success. */
export function toolCallResponse(
  answer: { success: boolean; content: readonly ToolCallContent[] },
): DynamicToolCallResponse {
  return { contentItems: answer.content.map(encodeContent), success: answer.success };
}

function encodeContent(content: ToolCallContent): DynamicToolCallOutputContentItem {
  if (content.type === "text") return { type: "inputText", text: content.text };
  return { type: "inputImage", imageUrl: content.imageUrl };
}
