/**
 * Reads the code blocks of a Markdown page. A comment in the line above a block says how it is run:
 *
 * - none: as it is, on a machine with an agent that answers;
 * - `<!-- run: SCENE -->`: in one of the scenes of `test/pages/scenes.ts`;
 * - `<!-- file: NAME -->`: it becomes this file, for the blocks of `bash` after it;
 * - `<!-- not run: REASON -->`.
 */

/** What the comment above a block says. */
export type Mark =
  | { kind: "run"; text: string }
  | { kind: "file"; text: string }
  | { kind: "not run"; text: string };

/** One code block. */
export interface Block {
  /** Path of its page. */
  page: string;
  /** Line of its first fence, from 1. */
  line: number;
  /** What follows the fence, such as `ts`. */
  language: string;
  /** Without the indentation of its fence. */
  code: string;
  mark?: Mark;
}

const FENCE = /^( *)```(\S*)$/;
const MARK = /^ *<!-- (run|file|not run): (.+) -->$/;

/**
 * The blocks of a page, in order.
 * @throws {Error} for a block that is not closed, and for a comment with no block below it.
 */
export function readBlocks(page: string, text: string): Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  let mark: Mark | undefined;
  for (let at = 0; at < lines.length; at++) {
    const [, kind, what = ""] = MARK.exec(lines[at]!) ?? [];
    const [, indent = "", language] = FENCE.exec(lines[at]!) ?? [];
    if (kind !== undefined) mark = { kind: kind as Mark["kind"], text: what };
    else if (language !== undefined) {
      const end = lines.indexOf(`${indent}\`\`\``, at + 1);
      if (end < 0) throw new Error(`${page}:${at + 1}: the block has no end`);
      const code = lines.slice(at + 1, end).map((line) => line.slice(indent.length)).join("\n");
      blocks.push({ page, line: at + 1, language, code, ...(mark ? { mark } : {}) });
      mark = undefined;
      at = end;
    } else if (mark && lines[at]!.trim() !== "") {
      throw new Error(`${page}:${at + 1}: a comment announces a block, and none follows`);
    }
  }
  return blocks;
}
