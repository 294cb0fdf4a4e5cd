import type { Input } from "./options.ts";

/** An input as the CLI takes it. */
export interface NormalizedInput {
  prompt: string;
  images: string[];
}

/**
 * Splits an input into the prompt (texts joined by an empty line) and its images.
 * @throws {TypeError} when it is neither a string nor an array of known pieces.
 */
export function normalizeInput(input: Input): NormalizedInput {
  if (typeof input === "string") return { prompt: input, images: [] };
  if (!Array.isArray(input)) {
    throw new TypeError(
      `The input of a turn must be a string or an array, not ${describe(input)}.`,
    );
  }
  const texts: string[] = [];
  const images: string[] = [];
  for (const [index, piece] of input.entries()) {
    if (piece?.type === "text" && typeof piece.text === "string") texts.push(piece.text);
    else if (piece?.type === "local_image" && typeof piece.path === "string") {
      images.push(piece.path);
    } else {
      throw new TypeError(
        `Piece ${index} of the input must be { type: "text", text } or { type: "local_image", path }.`,
      );
    }
  }
  return { prompt: texts.join("\n\n"), images };
}

function describe(value: unknown): string {
  return value === null ? "null" : typeof value;
}
