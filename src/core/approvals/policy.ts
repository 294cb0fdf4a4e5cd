/**
 * Who may do what: the answers to the agent's requests for approval.
 * @module
 */
import type { ApprovalRequest } from "../../protocol/app_server/approvals.ts";

/** An answer: for this once, for the rest of the session, or no. */
export type ApprovalAnswer = "allow" | "allow-session" | "deny" | { deny: string };

/** Decides one request. The signal is aborted when nobody waits for the answer any more. */
export type ApprovalFunction = (
  request: ApprovalRequest,
  context: { signal: AbortSignal },
) => ApprovalAnswer | Promise<ApprovalAnswer>;

/** Matches requests; what it does not name it does not look at. */
export interface ApprovalRule {
  /** What is asked about. */
  kind?: ApprovalRequest["kind"];
  /** The whole command line as text, or a pattern that is searched in it: anchor it. */
  command?: string | RegExp;
  /** The tool or MCP server, by its whole name or a pattern. */
  tool?: string | RegExp;
  /** What a request that matches is answered. */
  answer: ApprovalAnswer;
}

/** `"allow"` or `"deny"` for everything, rules of which the first match wins, or a function. */
export type ApprovalPolicy = "allow" | "deny" | readonly ApprovalRule[] | ApprovalFunction;

/** Why a request was denied that nobody was asked about. */
export const NO_POLICY = "No approvals were given, so nothing is approved.";

const NO_RULE = "No rule allows it.";

/** What a policy that needs nobody says of a request. A request that no rule matches is denied. */
export function answerByRules(
  policy: "allow" | "deny" | readonly ApprovalRule[] | undefined,
  request: ApprovalRequest,
): ApprovalAnswer {
  if (policy === undefined) return { deny: NO_POLICY };
  if (typeof policy === "string") return policy;
  const rule = policy.find((candidate) => matches(candidate, request));
  return rule?.answer ?? { deny: NO_RULE };
}

/**
 * Checks a policy when a thread is made, not when somebody waits for its answer.
 * @throws {TypeError} when it is none.
 */
export function checkPolicy(policy: unknown): asserts policy is ApprovalPolicy | undefined {
  if (policy === undefined || policy === "allow" || policy === "deny") return;
  if (typeof policy === "function") return;
  if (Array.isArray(policy) && policy.every((rule) => isAnswer(rule?.answer))) return;
  throw new TypeError(
    'approvals must be "allow", "deny", a list of rules with an answer each, or a function.',
  );
}

/** Whether a value is an answer. */
export function isAnswer(value: unknown): value is ApprovalAnswer {
  if (value === "allow" || value === "allow-session" || value === "deny") return true;
  return typeof value === "object" && value !== null && "deny" in value &&
    typeof value.deny === "string";
}

function matches(rule: ApprovalRule, request: ApprovalRequest): boolean {
  if (rule.kind !== undefined && rule.kind !== request.kind) return false;
  if (rule.tool !== undefined && !fits(rule.tool, request.tool)) return false;
  if (rule.command === undefined) return true;
  return request.kind === "command" && fits(rule.command, request.command ?? "");
}

function fits(pattern: string | RegExp, text: string): boolean {
  if (typeof pattern === "string") return pattern === text;
  // A global or sticky pattern would remember where it was.
  pattern.lastIndex = 0;
  return pattern.test(text);
}
