// Placeholder: being written.
/** What the agent asks approval for. */
export type ApprovalRequest = {
  kind: "command" | "file_change" | "permissions" | "elicitation";
  callId: string;
  threadId: string;
  turnId: string;
  tool: string;
  command?: string;
};
