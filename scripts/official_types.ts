/**
 * Compares the types of `@openai/codex-sdk` with ours, one export after the other:
 * `node --import tsx scripts/official_types.ts`. It fails for an export that nobody has placed, for
 * one that is gone, and for a member that does not fit.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { isMain, ROOT } from "./lib/project.ts";
import { tsc } from "./lib/tsc.ts";

/** What the installed official SDK exports, as its declarations say it. */
export const OFFICIAL_TYPES: string = join(ROOT, "node_modules/@openai/codex-sdk/dist/index.d.ts");

/**
 * Which way an export goes: callers write it for us, so that all of theirs must be one of ours; or
 * they get it from us, so that all of ours must be one of theirs; or they call it.
 */
type Way = "given to us" | "got from us" | "called";

const WAYS: Readonly<Record<string, Way>> = {
  Codex: "called",
  Thread: "called",
  ...ways("given to us", [
    ...["CodexOptions", "ThreadOptions", "TurnOptions", "Input", "UserInput"],
    ...["ApprovalMode", "SandboxMode", "ModelReasoningEffort", "WebSearchMode"],
    "CyberAccessProgram",
  ]),
  ...ways("got from us", [
    ...["RunResult", "RunStreamedResult", "Usage", "ThreadError"],
    ...["ThreadEvent", "ThreadStartedEvent", "TurnStartedEvent", "TurnCompletedEvent"],
    ...["TurnFailedEvent", "ItemStartedEvent", "ItemUpdatedEvent", "ItemCompletedEvent"],
    ...["ThreadErrorEvent", "ThreadItem", "AgentMessageItem", "ReasoningItem"],
    ...["CommandExecutionItem", "FileChangeItem", "McpToolCallItem", "WebSearchItem"],
    ...["TodoListItem", "ErrorItem"],
  ]),
};

function ways(way: Way, names: readonly string[]): Record<string, Way> {
  return Object.fromEntries(names.map((name) => [name, way]));
}

/** What the assertions are made of. */
const HEAD = (theirs: string, ours: string) => `
import type * as Theirs from ${JSON.stringify(theirs)};
import type * as Ours from ${JSON.stringify(ours)};

type Fits<From, To> = [From] extends [To] ? true : false;
/** Names of members, of all parts of a union. */
type Keys<T> = T extends unknown ? keyof T : never;
/** The parts of a union are told apart by these. */
type Kinds<T> = T extends { type: infer Kind } ? Kind : never;
/** What of a result they have, too; the kinds of a union as they are. */
type Shared<O, T> = O extends { type: unknown } ? O : Pick<O, keyof O & keyof T>;
/** A class without its private members, and with our threads for theirs. */
type Public<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => R extends Theirs.Thread ? Ours.Thread : R
    : T[K];
};
function check<_Holds extends true>(): void {}
`;

/** Types that must be true for a name, each with what it means. */
function assertions(name: string, way: Way): Record<string, string> {
  const [theirs, ours] = [`Theirs.${name}`, `Ours.${name}`];
  const members = { "ours lacks a member": `Fits<Keys<${theirs}>, Keys<${ours}>>` };
  switch (way) {
    case "given to us":
      return { ...members, "theirs does not fit ours": `Fits<${theirs}, ${ours}>` };
    case "got from us":
      return {
        ...members,
        "ours lacks a kind": `Fits<Kinds<${theirs}>, Kinds<${ours}>>`,
        "ours does not fit theirs": `Fits<${ours}, ${theirs}>`,
        "theirs does not fit ours": `Fits<${theirs}, Shared<${ours}, ${theirs}>>`,
      };
    case "called":
      return {
        ...members,
        "ours cannot be called as theirs": `Fits<${ours}, Public<${theirs}>>`,
        "ours cannot be made as theirs":
          `Fits<ConstructorParameters<typeof ${theirs}>, Partial<ConstructorParameters<typeof ${ours}>>>`,
      };
  }
}

/** How some declarations differ from ours, a line each. */
export async function officialDrift(declarations: string = OFFICIAL_TYPES): Promise<string[]> {
  const names = exportedNames(readFileSync(declarations, "utf8"));
  const unplaced = names.filter((name) => !(name in WAYS));
  const gone = Object.keys(WAYS).filter((name) => !names.includes(name));
  return [
    ...unplaced.map((name) => `${name}: is new, and has no place in scripts/official_types.ts`),
    ...gone.map((name) => `${name}: is gone`),
    ...await mismatches(declarations, names.filter((name) => name in WAYS)),
  ];
}

/** The names in the list of exports that ends a bundle of declarations. */
function exportedNames(declarations: string): string[] {
  const [, list = ""] = /export \{([^}]*)\};?\s*$/.exec(declarations) ?? [];
  return list.split(",").map((name) => name.trim().replace(/^type /, "")).filter(Boolean);
}

/** Compiles one line for each assertion, and reads from the errors which do not hold. */
async function mismatches(declarations: string, names: readonly string[]): Promise<string[]> {
  const cases = names.flatMap((name) =>
    Object.entries(assertions(name, WAYS[name]!)).map(([what, type]) => ({ name, what, type }))
  );
  if (cases.length === 0) return [];
  const head = HEAD(declarations, join(ROOT, "mod.ts")).split("\n");
  const lines = [...head, ...cases.map(({ type }) => `check<${type}>();`), ""];
  const found = (await compile(lines.join("\n"))).map(({ line, text }) => {
    const failed = cases[line - head.length - 1];
    return failed ? `${failed.name}: ${failed.what}` : text;
  });
  return [...new Set(found)];
}

/** The compiler's errors about a text that lies in the project. */
async function compile(text: string): Promise<{ line: number; text: string }[]> {
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, ".cache/official_types-"));
  try {
    writeFileSync(join(folder, "probe.ts"), text);
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: join(ROOT, "tsconfig.json"),
        compilerOptions: { isolatedDeclarations: false },
        include: ["probe.ts"],
      }),
    );
    const { code, output } = await tsc("-p", folder, "--pretty", "false");
    const errors = output.split("\n").flatMap((line) => {
      const [, at] = /probe\.ts\((\d+),\d+\): error/.exec(line) ?? [];
      return at === undefined ? [] : [{ line: Number(at), text: line }];
    });
    if (code !== 0 && errors.length === 0) throw new Error(output);
    return errors;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) {
  const drift = await officialDrift();
  for (const line of drift) console.log(line);
  process.exitCode = drift.length > 0 ? 1 : 0;
}
