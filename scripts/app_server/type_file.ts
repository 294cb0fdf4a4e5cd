/**
 * Puts the types that are used into one file, and compares two such files.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { FIELDS, METHOD_UNIONS, OPAQUE, ROOTS } from "./type_selection.ts";
import { keepFields, mentions, methodsOf, readType } from "./type_source.ts";

/** The text of the file, not yet formatted. */
export function composeTypes(folder: string, version: string): string {
  const types = [...collect(folder)].sort(([one], [other]) => one < other ? -1 : 1);
  return [
    header(version),
    ...Object.entries(METHOD_UNIONS).map(([union, name]) => {
      const methods = methodsOf(readType(locate(folder, union)).body);
      return `export type ${name} = ${
        methods.map((method) => JSON.stringify(method)).join(" | ")
      };`;
    }),
    ...types.map(([name, body]) => `export type ${name} = ${body};`),
  ].join("\n\n") + "\n";
}

/** What differs between two files, a line each: types that came, went, or changed. */
export function compareTypes(before: string, after: string): string[] {
  const old = splitTypes(before);
  const now = splitTypes(after);
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.flatMap((name) => describeChange(name, { old: old.get(name), now: now.get(name) }));
}

function describeChange(
  name: string,
  { old, now }: { old: string | undefined; now: string | undefined },
): string[] {
  if (old === now) return [];
  if (old === undefined) return [`+ ${name}`];
  if (now === undefined) return [`- ${name}`];
  const [oldLines, newLines] = [old.split("\n"), now.split("\n")];
  return [
    `~ ${name}`,
    ...oldLines.filter((line) => !newLines.includes(line)).map((line) => `    - ${line.trim()}`),
    ...newLines.filter((line) => !oldLines.includes(line)).map((line) => `    + ${line.trim()}`),
  ];
}

function splitTypes(text: string): Map<string, string> {
  const types = new Map<string, string>();
  for (const part of text.split(/^(?=export type )/m)) {
    const name = /^export type (\w+)/.exec(part)?.[1];
    if (name !== undefined) types.set(name, part.trim());
  }
  return types;
}

function collect(folder: string): Map<string, string> {
  const bodies = new Map<string, string>();
  const files = new Map<string, string>();
  const queue = ROOTS.map((name): [string, string] => [name, locate(folder, name)]);
  for (let next = queue.pop(); next; next = queue.pop()) {
    const [name, file] = next;
    // Two types of one name live in two folders; a file that needs both would need two names.
    if (files.has(name) && files.get(name) !== file) throw new Error(`two types called ${name}`);
    if (files.has(name)) continue;
    files.set(name, file);
    const { body, imports } = OPAQUE.has(name)
      ? { body: "unknown", imports: new Map<string, string>() }
      : readType(file);
    const fields = FIELDS[name];
    const kept = fields ? keepFields(body, fields) : body;
    bodies.set(name, kept);
    for (const [used, path] of imports) if (mentions(kept, used)) queue.push([used, path]);
  }
  return bodies;
}

function locate(folder: string, name: string): string {
  const file = join(folder, "v2", `${name}.ts`);
  return existsSync(file) ? file : join(folder, `${name}.ts`);
}

const header = (version: string) =>
  `/**
 * Messages of the app-server, under their names on the wire: what the SDK uses of them. Made by
 * \`scripts/protocol_types.ts\` from what codex-cli ${version} generates; do not edit.
 * @module
 */`;
