/** What must not be in the declarations of the package: types that only one runtime has. */

const REFERENCE = /^\/\/\/\s*<reference\s+(?:types|path)=.*$/gm;
const MODULE =
  /(?:\bfrom|\bimport\(|\bimport)\s*["'](?:node:[^"']*|bun(?::[^"']*)?|undici|ws)["']/g;
const GLOBAL = /\b(?:NodeJS|Deno|Bun)\.\w+|\bBuffer\b/g;
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;

/** The leaks in the text of a declaration file, as they are written there; none in comments. */
export function leaks(text: string): string[] {
  const code = text.replace(COMMENT, "");
  return [...text.match(REFERENCE) ?? [], ...code.match(MODULE) ?? [], ...code.match(GLOBAL) ?? []];
}
