/**
 * The examples of the official SDK's README as one program, for another package: nothing but the
 * import is changed. They are read where they are installed, and not kept here.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../lib/project.ts";
import { readBlocks } from "./blocks.ts";

/** The name that the examples import. */
export const OFFICIAL_SDK = "@openai/codex-sdk";

/** The examples of the installed README, in order. */
export function officialExamples(): string[] {
  const text = readFileSync(join(ROOT, "node_modules", OFFICIAL_SDK, "README.md"), "utf8");
  return readBlocks("README.md", text)
    .filter(({ language }) => language === "typescript")
    .map(({ code }) => code);
}

/**
 * A program of the examples. The first makes what the others use; each of the others has a scope of
 * its own, because they use names again.
 */
export function officialProgram(sdk: string, examples: readonly string[]): string {
  const [first = "", ...others] = examples;
  return [
    STAND_INS,
    first,
    ...others.map((code) => `{\n${code}\n}`),
    "export {};",
    "",
  ].join("\n").replaceAll(JSON.stringify(OFFICIAL_SDK), JSON.stringify(sdk));
}

/** For two packages that one example uses, and that are not installed: as much as it needs. */
const STAND_INS = `
const z = {
  string: () => ({ type: "string" }),
  enum: (values: string[]) => ({ type: "string", enum: values }),
  object: (properties: Record<string, unknown>) => ({
    type: "object",
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  }),
};
const zodToJsonSchema = (schema: object, _options: { target: string }): object => schema;
`;
