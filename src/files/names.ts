/**
 * Which names a staged file may have.
 * @module
 */
import { CodexError } from "../errors.ts";

/** The folder inside an entry that holds its mark and its claims. */
export const CONTROL_FOLDER = ".codex-staging";

/** The longest name that common file systems take, in bytes. */
const MAX_NAME_BYTES = 255;

/** Control characters, and what ends a line or turns its direction: names go into the prompt. */
// deno-lint-ignore no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** What Windows keeps for itself ("Naming Files, Paths, and Namespaces"). */
const WINDOWS_RESERVED = /[<>:"|?*]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** The rule that a file name breaks; undefined for a good one. */
export function brokenNameRule(name: string, options: { windows: boolean }): string | undefined {
  if (name === "") return "it is empty";
  if (/[/\\]/.test(name)) return "it holds a path separator";
  if (name === "." || name === "..") return "it names a folder";
  if (UNPRINTABLE.test(name)) return "it holds a control character";
  if (!name.isWellFormed()) return "it is no well-formed Unicode";
  if (new TextEncoder().encode(name).length > MAX_NAME_BYTES) {
    return `it is longer than ${MAX_NAME_BYTES} bytes`;
  }
  if (name.toLowerCase() === CONTROL_FOLDER) return "it is reserved";
  if (options.windows && WINDOWS_RESERVED.test(name)) return "Windows does not allow it";
  return undefined;
}

/**
 * Checks the name under which a file is to be staged.
 * @throws {CodexError} `attachment_name` for one that would leave its folder or cannot be used.
 */
export function checkName(name: string, options: { windows: boolean }): string {
  const rule = brokenNameRule(name, options);
  if (rule === undefined) return name;
  throw new CodexError(
    "attachment_name",
    `No file can be staged as ${JSON.stringify(name)}: ${rule}. Give another one by { name }.`,
    { details: { name, rule } },
  );
}
