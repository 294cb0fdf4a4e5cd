/** Pieces of Markdown that the generated pages are made of. */
import type { Field } from "./shapes.ts";

/** Begins every generated page. */
export const GENERATED = "<!-- Made by `npm run docs`; edit the source it is made from. -->";

/** A table; empty without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""];
}

const escapeCell = (text: string): string => text.replaceAll("|", "\\|");

/** A text as code. */
export const code = (text: string): string => `\`${text}\``;

/**
 * The rows of fields: name, type, meaning.
 * @throws {Error} for a field without a doc comment, because nobody could tell what it means.
 */
export function fieldRows(
  fields: readonly Field[],
  describeType: (type: string) => string = code,
): string[][] {
  return fields.map(({ name, optional, type, doc }) => {
    if (doc === "") throw new Error(`the field ${name} has no doc comment`);
    return [code(optional ? `${name}?` : name), describeType(type), doc];
  });
}
