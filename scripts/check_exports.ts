/**
 * Keeps `deno.json`, `package.json` and `src/version.ts` in step: name, version, licence, exports,
 * and the versions of what the package imports.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { isMain, ROOT } from "./lib/project.ts";

/** What of `deno.json` must agree. */
export interface DenoManifest {
  name: string;
  version: string;
  license: string;
  exports: Record<string, string>;
  imports: Record<string, string>;
}

/** What of `package.json` must agree. */
export interface NpmManifest {
  name: string;
  version: string;
  license: string;
  exports: Record<string, string>;
  dependencies: Record<string, string>;
}

/** Everything that is compared. */
export interface Manifests {
  deno: DenoManifest;
  npm: NpmManifest;
  /** Text of `src/version.ts`. */
  versionSource: string;
  /** Whether the package has a file, by its path from the project's folder. */
  hasFile: (path: string) => boolean;
}

/** What does not agree, a sentence each. */
export function compareManifests({ deno, npm, versionSource, hasFile }: Manifests): string[] {
  const version = /VERSION(?:: string)? = "([^"]*)"/.exec(versionSource)?.[1];
  return [
    ...differences("name", { deno: deno.name, npm: npm.name }),
    ...differences("version", { deno: deno.version, npm: npm.version }),
    ...differences("license", { deno: deno.license, npm: npm.license }),
    ...differences("the version in src/version.ts", { deno: deno.version, npm: version }),
    ...compareMaps("exports", deno.exports, npm.exports),
    ...compareMaps("dependencies", npmVersions(deno.imports), npm.dependencies),
    ...Object.values(deno.exports).filter((path) => !hasFile(path))
      .map((path) => `exports: there is no ${path}`),
  ];
}

function differences(what: string, { deno, npm }: { deno?: string; npm?: string }): string[] {
  return deno === npm ? [] : [`${what}: ${deno ?? "nothing"} in deno.json, ${npm ?? "nothing"}`];
}

function compareMaps(
  what: string,
  deno: Record<string, string>,
  npm: Record<string, string>,
): string[] {
  const keys = new Set([...Object.keys(deno), ...Object.keys(npm)]);
  return [...keys].flatMap((key) => {
    const values = [deno[key], npm[key]].map((value) => value ?? "nothing");
    return values[0] === values[1]
      ? []
      : [`${what}: ${key} is ${values[0]} in deno.json, ${values[1]} in package.json`];
  });
}

/** `{ a: "npm:a@^1" }` as `{ a: "^1" }`. */
function npmVersions(imports: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(imports).map(([name, target]) => [name, target.replace(`npm:${name}@`, "")]),
  );
}

/** Compares the project's own. */
export function checkExports(): string[] {
  const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
  return compareManifests({
    deno: JSON.parse(read("deno.json")) as DenoManifest,
    npm: JSON.parse(read("package.json")) as NpmManifest,
    versionSource: read("src/version.ts"),
    hasFile: (path) => existsSync(join(ROOT, path)),
  });
}

if (isMain(import.meta.url)) {
  const problems = checkExports();
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
