/**
 * The usage of a thread from the CLI's own record of it.
 * @module
 */
import { parseCounts } from "../../protocol/counts.ts";
import { asFields } from "../../protocol/fields.ts";
import type { TokenCounts } from "../../protocol/usage.ts";
import type { Runtime } from "../ports.ts";

/** Each turn writes its counts near its end, so the last of them is near the end of the file. */
const TAIL_BYTES = 1024 * 1024;

/**
 * The total that a thread has used so far, from the last `token_count` of
 * `$CODEX_HOME/sessions/YYYY/MM/DD/rollout-…-<thread id>.jsonl` (CLI 0.169); undefined when there
 * is no such file, or none in it.
 */
export async function readRolloutUsage(
  runtime: Runtime,
  options: { threadId: string; env: Readonly<Record<string, string>> },
): Promise<TokenCounts | undefined> {
  const { join } = runtime.files;
  const home = options.env["CODEX_HOME"] ||
    join(options.env["HOME"] || runtime.homeDirectory(), ".codex");
  try {
    const file = await findRollout(runtime, {
      folder: join(home, "sessions"),
      suffix: `-${options.threadId}.jsonl`,
      depth: 3,
    });
    if (file === undefined) return undefined;
    return lastTotal(await runtime.files.readTextTail(file, TAIL_BYTES));
  } catch {
    // Unreadable is unknown; usage is left out then, never guessed.
    return undefined;
  }
}

/** Newest folders first: threads that are resumed are mostly young. */
async function findRollout(
  runtime: Runtime,
  search: { folder: string; suffix: string; depth: number },
): Promise<string | undefined> {
  const { folder, suffix, depth } = search;
  const names = (await runtime.files.readDirectory(folder)).sort().reverse();
  if (depth === 0) {
    const name = names.find((candidate) => candidate.endsWith(suffix));
    return name && runtime.files.join(folder, name);
  }
  for (const name of names.filter((candidate) => /^\d+$/.test(candidate))) {
    const inner = runtime.files.join(folder, name);
    const found = await findRollout(runtime, { folder: inner, suffix, depth: depth - 1 });
    if (found) return found;
  }
  return undefined;
}

function lastTotal(text: string): TokenCounts | undefined {
  const lines = text.split("\n").filter((line) => line.includes('"token_count"')).reverse();
  for (const line of lines) {
    const total = parseTotal(line);
    if (total) return total;
  }
  return undefined;
}

function parseTotal(line: string): TokenCounts | undefined {
  try {
    const payload = asFields(asFields(JSON.parse(line))["payload"]);
    if (payload["type"] !== "token_count") return undefined;
    return parseCounts(asFields(payload["info"])["total_token_usage"]);
  } catch {
    return undefined;
  }
}
