/**
 * Checks that a module needs nothing but the APIs of the web: bundled as for Workers and as for
 * browsers, with nothing left out and nothing filled in, it must hold no module of Node, no name of
 * Node's globals, and nothing of `src/runtime/`.
 */
import { build, type BuildOptions, type BuildResult } from "esbuild";
import { ROOT } from "./project.ts";

/** Which of the conditions in packages bundlers choose by, for what they bundle. */
const TARGETS: Record<string, string[]> = {
  workerd: ["workerd", "worker", "browser"],
  browser: ["browser"],
};

const NODE_NAMES = ["process", "Buffer", "__dirname", "__filename", "setImmediate"];

/** Put before such names; those of variables of the module's own stay. */
const MARK = "NAME_OF_NODE_";

/** The same for what esbuild makes of a `require` that it finds no module for. */
const NAMES = new RegExp(`(?:${MARK}|\\b__(?=require\\b))(\\w+)`, "g");

/** What packages ask for and do without where it is not there; by name, and a part of the path. */
const GUARDED: [name: string, path: string][] = [
  ["process", "@opentelemetry/resources/build/esm/default-service-name.js"], // Within a `try`.
];

const BUNDLE: BuildOptions & { write: false; metafile: true } = {
  absWorkingDir: ROOT,
  bundle: true,
  define: Object.fromEntries(
    NODE_NAMES.flatMap((name) => ["", "globalThis."].map((of) => [of + name, MARK + name])),
  ),
  format: "esm",
  logLevel: "silent",
  metafile: true,
  platform: "browser",
  target: "es2022",
  write: false,
};

/** What keeps a module from the edge, a sentence each. The path is from the project's folder. */
export async function edgeProblems(entryPoint: string): Promise<string[]> {
  const found = Object.entries(TARGETS).map(async ([target, conditions]) => {
    const problems = await problemsOf({ ...BUNDLE, entryPoints: [entryPoint], conditions });
    return problems.map((problem) => `${entryPoint} for ${target}: ${problem}`);
  });
  return (await Promise.all(found)).flat();
}

async function problemsOf(options: typeof BUNDLE): Promise<string[]> {
  try {
    const result = await build(options);
    return [...runtimeModules(result), ...nodeNames(result)];
  } catch (error) {
    return [(error as Error).message];
  }
}

function runtimeModules({ metafile }: BuildResult<typeof BUNDLE>): string[] {
  return Object.keys(metafile.inputs).filter((path) => path.startsWith("src/runtime/"))
    .map((path) => `it leads to ${path}`);
}

/** Above what comes of a module, a bundle has its path as a comment. */
function nodeNames({ outputFiles }: BuildResult<typeof BUNDLE>): string[] {
  const modules = (outputFiles[0]?.text ?? "").split(/^\/\/ (?=\S+\.[cm]?[jt]s$)/m).slice(1);
  return modules.flatMap((text) => {
    const path = text.slice(0, text.indexOf("\n"));
    const names = Array.from(text.matchAll(NAMES), ([, name]) => name!);
    return [...new Set(names)].filter((name) => !isGuarded(name, path))
      .map((name) => `${path} names ${name}`);
  });
}

function isGuarded(name: string, path: string): boolean {
  return GUARDED.some((guarded) => guarded[0] === name && path.endsWith(guarded[1]));
}
