/**
 * Checks a thread's options when the thread is made, not when somebody waits.
 * @module
 */
import { checkPolicy } from "./approvals/policy.ts";
import { checkLabels } from "./labels.ts";
import type { ThreadOptions } from "./options.ts";
import { checkTimeout } from "./timeouts.ts";

/**
 * Checks what the CLI does not.
 * @throws {TypeError} when the approvals are no policy, a time limit is no number, a label is no
 * string, or a tool is none of `tool()`, or has a name that another one has.
 * @throws {RangeError} when a time limit is not above 0, or above 24.8 days.
 */
export function checkThreadOptions(options: ThreadOptions): void {
  checkPolicy(options.approvals);
  checkTimeout("approvalTimeoutMs", options.approvalTimeoutMs);
  checkLabels(options.labels);
  checkTools(options.tools);
}

function checkTools(tools: unknown): void {
  if (tools === undefined) return;
  if (!Array.isArray(tools)) throw new TypeError("tools must be a list of tools.");
  const names = new Set<string>();
  for (const one of tools) {
    const name: unknown = one?.name;
    if (typeof name !== "string" || typeof one.run !== "function") {
      throw new TypeError("tools must be made by tool().");
    }
    if (names.has(name)) throw new TypeError(`tools has two tools of the name ${name}.`);
    names.add(name);
  }
}
