/**
 * Items of a thread, as the CLI writes them: the official SDK's shapes, and what other producers add.
 * @module
 */

/** Where a command stands. */
export type CommandExecutionStatus = "in_progress" | "completed" | "failed";

/** A command that the agent runs. */
export interface CommandExecutionItem {
  id: string;
  type: "command_execution";
  /** The command line executed by the agent. */
  command: string;
  /** Standard output and error together, as captured while the command ran. */
  aggregated_output: string;
  /** Set when the command exits. */
  exit_code?: number;
  status: CommandExecutionStatus;
}

/** What happens to one file of a patch. */
export type PatchChangeKind = "add" | "delete" | "update";

/** One file of a patch. */
export interface FileUpdateChange {
  path: string;
  kind: PatchChangeKind;
}

/** Where a patch stands. */
export type PatchApplyStatus = "completed" | "failed";

/** A set of file changes made by the agent. */
export interface FileChangeItem {
  id: string;
  type: "file_change";
  changes: FileUpdateChange[];
  status: PatchApplyStatus;
}

/** Where an MCP tool call stands. */
export type McpToolCallStatus = "in_progress" | "completed" | "failed";

/** One block of an MCP result's content, as the MCP specification has it. */
export interface McpContentBlock {
  type: string;
  [field: string]: unknown;
}

/** A call to a tool of an MCP server. */
export interface McpToolCallItem {
  id: string;
  type: "mcp_tool_call";
  /** Name of the MCP server. */
  server: string;
  /** Name of the tool on that server. */
  tool: string;
  arguments: unknown;
  /** What the server answered, for a call that succeeded. */
  result?: { content: McpContentBlock[]; _meta?: unknown; structured_content: unknown };
  /** Why the call failed. */
  error?: { message: string };
  status: McpToolCallStatus;
}

/** What the agent answers: text, or JSON text when an output schema was given. */
export interface AgentMessageItem {
  id: string;
  type: "agent_message";
  text: string;
}

/** A summary of the agent's reasoning. */
export interface ReasoningItem {
  id: string;
  type: "reasoning";
  text: string;
}

/** A web search of the agent. */
export interface WebSearchItem {
  id: string;
  type: "web_search";
  query: string;
}

/** An error that does not end the turn. */
export interface ErrorItem {
  id: string;
  type: "error";
  message: string;
}

/** One entry of the agent's list of things to do. */
export interface TodoItem {
  text: string;
  completed: boolean;
}

/** The agent's running list of things to do. */
export interface TodoListItem {
  id: string;
  type: "todo_list";
  items: TodoItem[];
}

/** Every item that the official SDK knows, told apart by `type`. */
export type ThreadItem =
  | AgentMessageItem
  | ReasoningItem
  | CommandExecutionItem
  | FileChangeItem
  | McpToolCallItem
  | WebSearchItem
  | TodoListItem
  | ErrorItem;
