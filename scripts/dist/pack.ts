/**
 * `npm run pack [-- FOLDER]`: makes the npm package in `dist/`, or in the folder: `deno pack` turns
 * the sources into JavaScript and declarations, {@linkcode bundle} makes few files of the
 * JavaScript, {@linkcode completeManifest} completes the manifest, and `npm pack` packs it all.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { entryPoints, isMain, ROOT, runtimeProgram } from "../lib/project.ts";
import { mustRun } from "../lib/run.ts";
import { bundle } from "./bundle.ts";
import { completeManifest, type Manifest } from "./manifest.ts";

/** Makes the package in a folder. Returns the path of the tarball. */
export async function pack(folder: string): Promise<string> {
  const scratch = mkdtempSync(join(tmpdir(), "codex-otel-pack-"));
  try {
    const raw = join(scratch, "raw.tgz");
    // Without source maps: they would hold the sources once more, under paths of this machine, and
    // the JavaScript is the TypeScript without its types and comments.
    const packing = ["pack", "--no-source-maps", "--allow-dirty", "--output", raw];
    await mustRun({ command: runtimeProgram("deno"), args: packing });
    await mustRun({ command: "tar", args: ["-xzf", raw, "-C", scratch] });
    const unpacked = join(scratch, "package");
    await bundle(unpacked, entryGroups());
    const manifest = completeManifest(readManifest(unpacked), readManifest(ROOT));
    writeFileSync(join(unpacked, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    mkdirSync(folder, { recursive: true });
    const last = { command: "npm", args: ["pack", "--pack-destination", folder] };
    await mustRun(last, { cwd: unpacked });
    return join(
      folder,
      `${manifest.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** No program loads the entry point of the edge beside another one, so they share no files. */
function entryGroups(): string[][] {
  const paths = entryPoints().map((path) => path.replace(/\.ts$/, ".js"));
  const isEdge = (path: string) => path === "src/edge.js";
  return [paths.filter((path) => !isEdge(path)), paths.filter(isEdge)];
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

if (isMain(import.meta.url)) {
  console.log(await pack(resolve(process.argv[2] ?? join(ROOT, "dist"))));
}
