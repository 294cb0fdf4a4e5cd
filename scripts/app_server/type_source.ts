/**
 * Reads what `codex app-server generate-ts` writes: one type a file, each with its imports.
 * @module
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One generated type. */
export interface GeneratedType {
  /** What stands to the right of `=`, without comments. */
  body: string;
  /** The types it refers to: their files by name. */
  imports: ReadonlyMap<string, string>;
}

const IMPORT = /^import type \{ (\w+) \} from "(\.[^"]+)";$/gm;

/** Reads one generated file. */
export function readType(file: string): GeneratedType {
  const text = readFileSync(file, "utf8");
  const imports = new Map<string, string>();
  for (const [, name, path] of text.matchAll(IMPORT)) {
    imports.set(name!, join(dirname(file), `${path}.ts`));
  }
  const body = /^export type \w+ = ([\s\S]*);\s*$/m.exec(withoutComments(text))?.[1];
  if (body === undefined) throw new Error(`${file} holds no type`);
  return { body, imports };
}

/** Keeps only some fields of an object type. */
export function keepFields(body: string, wanted: readonly string[]): string {
  const fields = splitFields(body);
  const kept = wanted.map((name) => {
    const field = fields.get(name);
    if (field === undefined) throw new Error(`there is no field ${name} in ${body.slice(0, 80)}`);
    return field;
  });
  return `{ ${kept.join(", ")} }`;
}

/** The names of the methods in a union of messages. */
export function methodsOf(body: string): string[] {
  return Array.from(body.matchAll(/"method": "([^"]+)"/g), ([, method]) => method!).sort();
}

/** Whether a type's text uses a name. */
export function mentions(body: string, name: string): boolean {
  return new RegExp(`(?<![\\w"])${name}(?![\\w"])`).test(body);
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*\*[\s\S]*?\*\//g, "").replaceAll(/^\/\/.*$/gm, "")
    .replaceAll(/\n\s*\n/g, "\n");
}

function splitFields(body: string): Map<string, string> {
  const inner = /^\s*\{([\s\S]*)\}\s*$/.exec(body)?.[1];
  if (inner === undefined) throw new Error(`not an object type: ${body.slice(0, 80)}`);
  const fields = new Map<string, string>();
  for (const part of splitAtCommas(inner)) {
    const name = /^"?(\w+)"?\??:/.exec(part)?.[1];
    if (name !== undefined) fields.set(name, part);
  }
  return fields;
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if ("{<([".includes(char)) depth++;
    else if ("}>)]".includes(char)) depth--;
    else if (char === "," && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}
