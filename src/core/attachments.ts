/**
 * How attachments reach the agent.
 * @module
 */
import type { Attachment } from "./options.ts";

/** What a turn is given. */
export interface TurnInput {
  prompt: string;
  /** Paths of images. */
  images: readonly string[];
  /** Folders beside the working directory. */
  additionalDirectories: readonly string[];
}

/** What ends a line, or hides what a path says. */
// deno-lint-ignore no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Adds attachments to the input of a turn: images to its images, other files as a list of paths at
 * the end of the prompt, and their folders to those that the agent may use. What is there already
 * is not added again.
 */
export function withAttachments(
  input: TurnInput,
  attachments: readonly Attachment[] = [],
): TurnInput {
  const images = attachments.filter(({ kind }) => kind === "image").map(({ path }) => path);
  const files = attachments.filter(({ kind }) => kind !== "image");
  return {
    prompt: joinPrompt(input.prompt, listFiles(files)),
    images: union(input.images, images),
    additionalDirectories: union(
      input.additionalDirectories,
      files.map(({ path }) => folderOf(path)),
    ),
  };
}

function joinPrompt(prompt: string, list: string): string {
  return [prompt, list].filter((part) => part !== "").join("\n\n");
}

function listFiles(files: readonly Attachment[]): string {
  const lines = union([], files.map(({ name, path }) => `- ${quote(name)}: ${quote(path)}`));
  return lines.length === 0 ? "" : ["Attached files, for you to read:", ...lines].join("\n");
}

/** So that a name cannot pass for a line of the prompt. JSON leaves some of these as they are. */
function quote(text: string): string {
  if (text.search(UNPRINTABLE) < 0) return text;
  return JSON.stringify(text).replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function union(one: readonly string[], other: readonly string[]): string[] {
  return Array.from(new Set([...one, ...other]));
}

/** The folder of a path with either separator; the root of a path keeps its own. */
function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  const folder = path.slice(0, end);
  return folder === "" || folder.endsWith(":") ? path.slice(0, end + 1) : folder;
}
