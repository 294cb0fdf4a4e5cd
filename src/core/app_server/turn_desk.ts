/**
 * What is done with what the server says of one turn: notifications become events, requests are
 * answered.
 * @module
 */
import { approvalResponse, readApprovalRequest } from "../../protocol/app_server/approvals.ts";
import { TurnConverter } from "../../protocol/app_server/convert.ts";
import { readToolCall, TOOL_CALL_METHOD } from "../../protocol/app_server/tool_call.ts";
import type { TraceCarrier } from "../../events/sink.ts";
import type { AnyThreadEvent } from "../../protocol/events.ts";
import { eventKind } from "../../protocol/kinds.ts";
import { decide } from "../approvals/decide.ts";
import type { IncomingRequest } from "../rpc_peer.ts";
import type { TransportContext, TurnRequest } from "../turn_request.ts";
import { ToolDesk } from "./tool_desk.ts";

/** How long an approval function may take unless the thread says otherwise. */
const APPROVAL_TIMEOUT_MS = 30_000;

/** Serves one turn. */
export class TurnDesk {
  /** Turns notifications into events. */
  readonly converter: TurnConverter;
  readonly #request: TurnRequest;
  readonly #context: TransportContext;
  readonly #tools: ToolDesk;

  /** For one turn. */
  constructor(request: TurnRequest, context: TransportContext) {
    this.#request = request;
    this.#context = context;
    this.#tools = new ToolDesk(request, context);
    this.converter = new TurnConverter({ deltas: request.turn.deltas });
  }

  /** The trace context of the run's span. */
  get trace(): TraceCarrier | undefined {
    const { span_token } = this.#request.telemetry.metadata;
    return this.#context.sink.carrier?.({ span_token });
  }

  /** The server has given the turn this id. */
  accept(turnId: string): void {
    this.converter.accept(turnId);
    this.#request.telemetry.identify(turnId);
  }

  /** The events that a notification is. */
  convert(method: string, params: IncomingRequest["params"]): AnyThreadEvent[] {
    const events = this.converter.convert(method, params);
    for (const event of events) this.#tools.explain(event);
    return events;
  }

  /** Announces an event when it arrives, and not when it is read: a tool may be running in it. */
  announce(event: AnyThreadEvent): void {
    const type: unknown = event.type;
    if (typeof type === "string") this.#request.telemetry.observe(eventKind(type), event);
  }

  /** Answers a request of the server; undefined when it is of no known kind. */
  answer(request: IncomingRequest, signal: AbortSignal): Promise<unknown> | undefined {
    if (request.method === TOOL_CALL_METHOD) {
      const call = readToolCall(request.params);
      return call && this.#tools.answer(call, signal);
    }
    const approval = readApprovalRequest(request, this.converter.openItems);
    return approval && this.#decide(approval, signal);
  }

  async #decide(
    approval: NonNullable<ReturnType<typeof readApprovalRequest>>,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { thread, telemetry } = this.#request;
    const { sink, clock } = this.#context;
    const { decision } = await decide(approval, {
      policy: thread.approvals,
      timeoutMs: thread.approvalTimeoutMs ?? APPROVAL_TIMEOUT_MS,
      signal,
      sink,
      clock,
      metadata: () => telemetry.metadata,
    });
    return approvalResponse(approval, decision);
  }
}
