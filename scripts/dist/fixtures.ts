/** The projects of `test/dist/`: how each installs the package, builds its program and runs it. */
import type { Command } from "../lib/project.ts";

/** A project that consumes the package as a new user would. */
export interface Fixture {
  /** Its folder in `test/dist/`. */
  name: string;
  /** A file of `test/dist/programs/`, and where it goes in the project. */
  program: { source: string; path: string };
  /** A module that takes in every entry point, where the declarations are to be compiled. */
  entryPoints?: string;
  /** Who installs the package; `deno` links the sources as JSR would publish them. */
  installer: "npm" | "bun" | "deno";
  /** Run in the project. */
  build: Command[];
  /** How to tell, by what the build says, that it lacks what cannot be had everywhere. */
  unavailable?: { says: RegExp; reason: string };
  /** What was built, to be run in an empty folder; without it the program runs in the project. */
  artefact?: string;
  /** Each is run against each collector. */
  start: Command[];
  /** What cannot work, and what it says of that. */
  refused?: { command: Command; says: RegExp };
}

const at = (path: string) => ({ source: "main.ts", path });
const npmRun = (script: string): Command => ({ command: "npm", args: ["run", script] });
const denoTask = (task: string): Command => ({ command: "deno", args: ["task", task] });
const node = (file: string): Command => ({ command: "node", args: [file] });

const typescript = (moduleResolution: string): Fixture => ({
  name: `node_typescript_${moduleResolution}`,
  program: at("src/main.ts"),
  entryPoints: "src/entry_points.ts",
  installer: "npm",
  build: [npmRun("build"), node("dist/entry_points.js")],
  start: [npmRun("start")],
});

/** All of them. */
export const FIXTURES: readonly Fixture[] = [
  {
    name: "node_esm",
    program: at("main.js"),
    installer: "npm",
    build: [],
    start: [npmRun("start")],
  },
  typescript("nodenext"),
  typescript("bundler"),
  {
    name: "bun",
    program: at("main.ts"),
    installer: "bun",
    build: [],
    start: [{ command: "bun", args: ["run", "start"] }],
  },
  {
    name: "bun_compile",
    program: at("main.ts"),
    installer: "bun",
    build: [{ command: "bun", args: ["run", "build"] }],
    artefact: "dist",
    start: [{ command: "./review-bot", args: [] }],
  },
  {
    name: "deno_jsr",
    program: at("main.ts"),
    installer: "deno",
    build: [denoTask("check")],
    start: [denoTask("start")],
  },
  {
    name: "deno_compile",
    program: at("main.ts"),
    installer: "deno",
    build: [denoTask("build")],
    // Deno asks for its base executable once the program, and all that it reaches, was checked.
    unavailable: {
      says: /Download .*\/denort-/,
      reason: "type-checked but not built: no denort from dl.deno.land, the only place that has it",
    },
    artefact: "dist",
    start: [{ command: "./review-bot", args: [] }],
  },
  {
    name: "esbuild_node",
    program: at("main.ts"),
    installer: "npm",
    build: [npmRun("build")],
    artefact: "dist",
    start: [node("main.mjs"), node("main.cjs")],
    refused: {
      command: node("without_require.mjs"),
      says:
        /telemetry is off: unsupported: Dynamic require of .* is not supported: dependencies are/,
    },
  },
  {
    name: "vite_node",
    program: at("src/main.ts"),
    installer: "npm",
    build: [npmRun("build")],
    artefact: "dist",
    start: [node("main.js")],
  },
];

/** The one that needs a runtime of another kind. */
export const WORKER: Fixture = {
  name: "edge_worker",
  program: { source: "worker.ts", path: "worker.ts" },
  installer: "npm",
  build: [npmRun("build")],
  artefact: "dist",
  start: [],
};
