/** Which modules a module leads to, by what esbuild has found. */
import { build, type BuildOptions, type Metafile } from "esbuild";

/** The modules of a program, each with what it imports. */
export type ModuleGraph = Metafile["inputs"];

/** How an import leads on: `import-statement` at once, `dynamic-import` when it is called. */
export type ImportKind = "import-statement" | "dynamic-import";

/** Finds the modules of entry points, by paths from the folder; packages stay outside. */
export async function moduleGraph(
  folder: string,
  entryPoints: string[],
  options: BuildOptions = {},
): Promise<ModuleGraph> {
  const { metafile } = await build({
    ...options,
    absWorkingDir: folder,
    entryPoints,
    bundle: true,
    format: "esm",
    platform: "neutral",
    packages: "external",
    external: ["node:*"],
    metafile: true,
    write: false,
    outdir: "unused",
    logLevel: "error",
  });
  return metafile.inputs;
}

/** All modules that one leads to by imports of the given kinds, itself included. */
export function reach(
  graph: ModuleGraph,
  from: string,
  kinds: readonly ImportKind[] = ["import-statement"],
): Set<string> {
  const reached = new Set<string>([from]);
  for (const path of reached) {
    for (const { path: next, kind, external } of graph[path]?.imports ?? []) {
      if (!external && (kinds as readonly string[]).includes(kind)) reached.add(next);
    }
  }
  return reached;
}
