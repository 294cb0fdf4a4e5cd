/**
 * Strings in JSON texts, of which not all has come yet.
 * @module
 */

/** `\u` and four digits, the longest there is. */
const ESCAPE_LENGTH = 6;

/** Index of the quote that ends the string whose text begins at `start`; -1 when it is not there. */
export function closingQuote(text: string, start: number): number {
  let quote = text.indexOf('"', start);
  while (quote >= 0 && isEscaped(text, { start, index: quote })) {
    quote = text.indexOf('"', quote + 1);
  }
  return quote;
}

/** Where a string's text that has no end yet has to be cut, lest an escape be cut in two. */
export function wholeEscapes(text: string, start: number): number {
  const last = text.lastIndexOf("\\");
  const length = text.length - last;
  if (last < start || length >= ESCAPE_LENGTH || isEscaped(text, { start, index: last })) {
    return text.length;
  }
  return length === 1 || text[last + 1] === "u" ? last : text.length;
}

/**
 * What a string's text says.
 * @throws {SyntaxError} where JSON has no such string.
 */
export function decodeString(text: string): string {
  return /[\\\p{Cc}]/u.test(text) ? JSON.parse(`"${text}"`) as string : text;
}

/** Whether an odd number of backslashes stands before a character. */
function isEscaped(text: string, { start, index }: { start: number; index: number }): boolean {
  let first = index;
  while (first > start && text[first - 1] === "\\") first--;
  return (index - first) % 2 === 1;
}
