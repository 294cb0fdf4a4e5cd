// Placeholder: being written.
export type ApprovalRequest = { kind: "command" | "file_change" | "permissions" | "elicitation"; callId: string; threadId: string; turnId: string; tool: string; command?: string };
