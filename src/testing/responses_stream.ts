import type { Usage } from "../protocol/usage.ts";
import { DEFAULT_REPLY_USAGE } from "./model_reply.ts";
import type { ModelOutputItem, ModelReply } from "./model_reply.ts";

/** An event of the Responses API's stream. */
export interface StreamEvent {
  type: string;
  [field: string]: unknown;
}

/** What the API streams for an answer: as the OpenAI API reference has it, so far as the CLI reads it. */
export function streamEvents(
  reply: Exclude<ModelReply, { type: "http" }>,
  responseId: string,
): StreamEvent[] {
  const created = { type: "response.created", response: { id: responseId } };
  if (reply.type === "failed") {
    const error = { code: reply.code, message: reply.message };
    return [created, { type: "response.failed", response: { id: responseId, error } }];
  }
  const items = reply.items.flatMap(itemEvents);
  if (reply.type === "cut") return [created, ...items];
  const usage = wireUsage({ ...DEFAULT_REPLY_USAGE, ...reply.usage });
  return [created, ...items, { type: "response.completed", response: { id: responseId, usage } }];
}

function itemEvents(item: ModelOutputItem, index: number): StreamEvent[] {
  const done = { type: "response.output_item.done", output_index: index, item };
  if (item.type !== "message") return [done];
  const text = messageText(item);
  const begun = { ...item, content: [] };
  return [
    { type: "response.output_item.added", output_index: index, item: begun },
    { type: "response.output_text.delta", item_id: item.id, output_index: index, delta: text },
    done,
  ];
}

function messageText({ content }: ModelOutputItem): string {
  const parts = Array.isArray(content) ? content as { text?: unknown }[] : [];
  return parts.map(({ text }) => typeof text === "string" ? text : "").join("");
}

function wireUsage(usage: Usage): Record<string, unknown> {
  return {
    input_tokens: usage.input_tokens,
    input_tokens_details: {
      cached_tokens: usage.cached_input_tokens,
      cache_write_tokens: usage.cache_write_input_tokens,
    },
    output_tokens: usage.output_tokens,
    output_tokens_details: { reasoning_tokens: usage.reasoning_output_tokens },
    total_tokens: usage.input_tokens + usage.output_tokens,
  };
}

/** An event as server-sent events carry it. */
export function encodeStreamEvent(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
