import type { CodexOptions, ThreadOptions } from "../options.ts";
import type { Tool } from "../tools/tool.ts";
import type { TurnRequest } from "../turn_request.ts";

// Placeholder: being written.
export function threadStartParams(
  _thread: ThreadOptions,
  _more: { codex: Pick<CodexOptions, "config" | "baseUrl">; dynamicTools?: readonly Tool[] },
): object {
  return {};
}
export function threadResumeParams(
  threadId: string,
  _thread: ThreadOptions,
  _more: { codex: Pick<CodexOptions, "config" | "baseUrl"> },
): object {
  return { threadId };
}
export function turnStartParams(threadId: string, _request: TurnRequest): object {
  return { threadId };
}
