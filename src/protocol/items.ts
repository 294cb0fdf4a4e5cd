/**
 * Items of a thread, as the CLI writes them: the official SDK's shapes, and what other producers add.
 * @module
 */

/** Where a command stands. */
export type CommandExecutionStatus = "in_progress" | "completed" | "failed";

/** A command that the agent runs. */
export interface CommandExecutionItem {
  /** The same in all events of this item; `codex exec` counts from `item_0` anew in each turn. */
  id: string;
  /** Tells the items apart. */
  type: "command_execution";
  /** The command line executed by the agent. */
  command: string;
  /** Standard output and error together, as captured while the command ran. */
  aggregated_output: string;
  /** Set when the command has exited; before that the CLI (0.169) writes `null`. */
  exit_code?: number;
  /** `failed` also when it exited with another code than 0. */
  status: CommandExecutionStatus;
}

/** What happens to one file of a patch. */
export type PatchChangeKind = "add" | "delete" | "update";

/** One file of a patch. */
export interface FileUpdateChange {
  /** The file; absolute, as `codex exec` writes it. */
  path: string;
  /** What happens to it. */
  kind: PatchChangeKind;
}

/** Where a patch stands. */
export type PatchApplyStatus = "completed" | "failed";

/** A set of file changes made by the agent. */
export interface FileChangeItem {
  /** The same in all events of this item; `codex exec` counts from `item_0` anew in each turn. */
  id: string;
  /** Tells the items apart. */
  type: "file_change";
  /** One entry a file. */
  changes: FileUpdateChange[];
  /**
   * Whether the patch was applied. The CLI (0.169) also writes `in_progress`, while it is being
   * applied.
   */
  status: PatchApplyStatus;
}

/** Where an MCP tool call stands. */
export type McpToolCallStatus = "in_progress" | "completed" | "failed";

/** One block of an MCP result's content, as the MCP specification has it. */
export interface McpContentBlock {
  /** Such as `text`, `image` or `resource`. */
  type: string;
  /** What a block of that type holds, such as `text`. */
  [field: string]: unknown;
}

/** A call to a tool of an MCP server. */
export interface McpToolCallItem {
  /** The same in all events of this item; `codex exec` counts from `item_0` anew in each turn. */
  id: string;
  /** Tells the items apart. */
  type: "mcp_tool_call";
  /** Name of the MCP server. */
  server: string;
  /** Name of the tool on that server. */
  tool: string;
  /** What the agent passed to the tool. */
  arguments: unknown;
  /** What the server answered, also that the tool failed; absent or `null` without an answer. */
  result?: { content: McpContentBlock[]; _meta?: unknown; structured_content: unknown };
  /** Why there is no answer; absent or `null` where there is one, or none yet. */
  error?: { message: string };
  /** `failed` also when the tool itself answered that it failed. */
  status: McpToolCallStatus;
}

/** What the agent answers: text, or JSON text when an output schema was given. */
export interface AgentMessageItem {
  /** The same in all events of this item; `codex exec` counts from `item_0` anew in each turn. */
  id: string;
  /** Tells the items apart. */
  type: "agent_message";
  /** The whole message. */
  text: string;
}

/** A summary of the agent's reasoning. */
export interface ReasoningItem {
  /** The same in all events of this item; `codex exec` counts from `item_0` anew in each turn. */
  id: string;
  /** Tells the items apart. */
  type: "reasoning";
  /** The summary, in Markdown. */
  text: string;
}

/** A web search of the agent. */
export interface WebSearchItem {
  /** The same in all events of this item; from the model's provider, such as `ws_1`. */
  id: string;
  /** Tells the items apart. */
  type: "web_search";
  /** What is searched for. */
  query: string;
}

/** An error that does not end the turn. */
export interface ErrorItem {
  /** The same in all events of this item; `codex exec` counts from `item_0` anew in each turn. */
  id: string;
  /** Tells the items apart. */
  type: "error";
  /** What went wrong, for people. */
  message: string;
}

/** One entry of the agent's list of things to do. */
export interface TodoItem {
  /** What is to be done. */
  text: string;
  /** Whether it is done. */
  completed: boolean;
}

/** The agent's running list of things to do. */
export interface TodoListItem {
  /** The same in all events of this item; `codex exec` counts from `item_0` anew in each turn. */
  id: string;
  /** Tells the items apart. */
  type: "todo_list";
  /** The whole list, also in an update. */
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
