/**
 * What every request for approval has, and what it is answered.
 * @module
 */

/** What all requests for approval have. */
export interface ApprovalCall {
  /** The call that waits; the id of its item, where it has one. */
  callId: string;
  /** The thread that asks. */
  threadId: string;
  /** The turn that asks. */
  turnId: string;
  /** The tool that is about to run, by the name that the model calls it by. */
  tool: string;
  /** Why the agent asks, in its own words. */
  reason?: string;
}

/** What is answered: for this once, for the rest of the session, or no. */
export type ApprovalVerdict = "allow" | "allow-session" | "deny";
