/**
 * One approval, from the request to the decision.
 * @module
 */
import type { ApprovalMetadata, RunMetadata } from "../../events/catalogue.ts";
import { type Clock, measureSince } from "../../events/clock.ts";
import type { TelemetrySink } from "../../events/sink.ts";
import type { ApprovalRequest } from "../../protocol/app_server/approvals.ts";
import { delay } from "../delay.ts";
import { answerByRules, type ApprovalAnswer, type ApprovalPolicy, isAnswer } from "./policy.ts";

/** What was decided. */
export interface ApprovalDecision {
  decision: "allow" | "allow-session" | "deny";
  /** Why it was denied. */
  reason?: string;
}

/** What deciding needs around it. */
export interface ApprovalContext {
  policy: ApprovalPolicy | undefined;
  timeoutMs: number;
  /** Aborted when the turn ends: nobody waits for the answer then. */
  signal: AbortSignal;
  sink: TelemetrySink;
  clock: Clock;
  metadata: () => RunMetadata;
}

type Outcome = ApprovalDecision & { isTimeout?: true };

/**
 * Decides a request by a policy and announces it. It always decides: a function that throws, does
 * not answer in time or answers nonsense has denied.
 */
export async function decide(
  request: ApprovalRequest,
  context: ApprovalContext,
): Promise<ApprovalDecision> {
  const { sink, clock } = context;
  const startMs = clock.monotonicMs();
  sink.emit(
    "codex.approval.requested",
    { system_time: clock.wallMs() },
    metadataOf(request, context.metadata()),
  );
  const { isTimeout, ...decision } = possible(await answer(request, context), request);
  const event = isTimeout ? "timeout" : decision.decision === "deny" ? "denied" : "approved";
  sink.emit(`codex.approval.${event}`, measureSince(startMs, clock), {
    ...metadataOf(request, context.metadata()),
    ...decision,
  });
  return decision;
}

async function answer(request: ApprovalRequest, context: ApprovalContext): Promise<Outcome> {
  const { policy } = context;
  if (typeof policy !== "function") return toDecision(answerByRules(policy, request));
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const asked = Promise.resolve()
    .then(() => withinSpan(request, context, () => policy(request, { signal })))
    .then(toDecision, denied);
  try {
    return await Promise.race([
      asked,
      untilAborted(context.signal, over.signal),
      tooLate(context.timeoutMs, over.signal),
    ]);
  } finally {
    over.abort();
  }
}

/** Calls what is the user's with the approval's span as the active one. */
function withinSpan<T>(
  { callId }: ApprovalRequest,
  { sink, metadata }: ApprovalContext,
  fn: () => T,
): T {
  const span = { span_token: metadata().span_token, call_id: callId };
  return sink.within ? sink.within(span, fn) : fn();
}

/** Leave alone does not fill in a form; the server is told no, and so is everybody else. */
function possible(outcome: Outcome, request: ApprovalRequest): Outcome {
  if (outcome.decision === "deny" || request.kind !== "elicitation") return outcome;
  if (!request.needsContent) return outcome;
  return { decision: "deny", reason: "The form wants answers that an approval cannot give." };
}

function toDecision(value: ApprovalAnswer): ApprovalDecision {
  if (!isAnswer(value)) return { decision: "deny", reason: "The answer was none that is known." };
  if (typeof value === "object") return { decision: "deny", reason: value.deny };
  return { decision: value };
}

function denied(error: unknown): ApprovalDecision {
  return { decision: "deny", reason: error instanceof Error ? error.message : String(error) };
}

async function tooLate(timeoutMs: number, over: AbortSignal): Promise<Outcome> {
  await delay(timeoutMs, over);
  return { decision: "deny", reason: `No answer within ${timeoutMs} ms.`, isTimeout: true };
}

function untilAborted(signal: AbortSignal, over: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const onAbort = () => resolve({ decision: "deny", reason: "The turn ended." });
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true, signal: over });
  });
}

function metadataOf(request: ApprovalRequest, run: RunMetadata): ApprovalMetadata {
  return { ...run, tool: request.tool, call_id: request.callId, kind: request.kind };
}
