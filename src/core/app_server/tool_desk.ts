/**
 * Calls of the tools that run in this process.
 * @module
 */
import type { ToolCallRequest } from "../../protocol/app_server/tool_call.ts";
import { toolCallResponse } from "../../protocol/app_server/tool_call.ts";
import type { AnyThreadEvent } from "../../protocol/events.ts";
import { asFields, isFields } from "../../protocol/fields.ts";
import { failed, runTool, type ToolAnswer } from "../tools/run_tool.ts";
import type { ToolContext } from "../tools/tool.ts";
import type { TransportContext, TurnRequest } from "../turn_request.ts";

/** Answers the calls of one turn. */
export class ToolDesk {
  readonly #request: TurnRequest;
  readonly #context: TransportContext;
  /** Why a call failed, by its id: the server does not repeat it in the item. */
  readonly #failures = new Map<string, string>();

  /** For one turn. */
  constructor(request: TurnRequest, context: TransportContext) {
    this.#request = request;
    this.#context = context;
  }

  /** Runs the tool and answers the call. Never rejects. */
  async answer(call: ToolCallRequest, signal: AbortSignal): Promise<unknown> {
    const answer = await this.#run(call, signal);
    if (answer.error !== undefined) this.#failures.set(call.callId, answer.error);
    return toolCallResponse(answer);
  }

  /** Adds to the item of a call that failed why it did. */
  explain(event: AnyThreadEvent): void {
    const item = asFields(event)["item"];
    if (!isFields(item) || item["type"] !== "dynamic_tool_call") return;
    const message = this.#failures.get(String(item["id"]));
    if (message === undefined || item["status"] !== "failed") return;
    (item as Record<string, unknown>)["error"] ??= { message };
  }

  async #run(call: ToolCallRequest, signal: AbortSignal): Promise<ToolAnswer> {
    const tool = this.#request.thread.tools?.find(({ name }) => name === call.tool);
    if (!tool) return failed(new Error(`There is no tool ${call.tool} here.`));
    const { sink, clock, statistics } = this.#context;
    const { span_token } = this.#request.telemetry.metadata;
    const span = { span_token, call_id: call.callId };
    const traceparent = sink.carrier?.(span)?.traceparent;
    const context: ToolContext = {
      signal,
      threadId: call.threadId,
      turnId: call.turnId,
      callId: call.callId,
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    const run = () => runTool(tool, { args: call.arguments, context, clock, statistics });
    return await (sink.within ? sink.within(span, run) : run());
  }
}
