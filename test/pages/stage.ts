import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { ROOT, runtimeProgram } from "../../scripts/lib/project.ts";
import { findCli } from "../../src/core/cli_lookup.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";
import { type ModelScript, type ScriptedModel, scriptedModel } from "../../src/testing/mod.ts";
import { programCommand } from "../runtime/running_runtime.ts";

/** How a block ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Settings of {@linkcode Stage.run}. */
export interface RunOptions {
  /** Ends a program that would run on, once this is so; its exit code is 0 then. */
  until?(output: string, stage: Stage): boolean;
}

/**
 * A folder for one block, with a git repository, a home of its own, an agent that answers by a
 * script, and nothing of the settings of this machine. It lies in the project, so that the
 * package's name means the package.
 */
export class Stage implements AsyncDisposable {
  readonly folder: string;
  readonly model: ScriptedModel;
  /** The environment of what runs here. */
  readonly env: Record<string, string>;
  readonly #cleanUps: (() => Promise<void> | void)[] = [];

  private constructor(folder: string, model: ScriptedModel) {
    this.folder = folder;
    this.model = model;
    this.env = {
      ...model.codexOptions().env,
      PATH: [join(folder, "bin"), process.env["PATH"]].join(delimiter),
      TMPDIR: join(folder, "tmp"),
      DENO_DIR: process.env["DENO_DIR"] ?? join(process.env["HOME"] ?? folder, ".cache/deno"),
      NO_COLOR: "1",
    };
    delete this.env["NODE_TEST_CONTEXT"];
  }

  /** Sets one up. */
  static async open(script: ModelScript): Promise<Stage> {
    mkdirSync(join(ROOT, ".cache"), { recursive: true });
    const folder = mkdtempSync(join(ROOT, ".cache/page-"));
    const stage = new Stage(folder, await scriptedModel(script));
    mkdirSync(join(folder, "tmp"));
    const cli = await findCli(await loadRuntime(), { env: {} });
    stage.#link("codex", cli.command);
    for (const name of ["bun", "deno"] as const) stage.#link(name, runtimeProgram(name));
    stage.write({ ".git/HEAD": "ref: refs/heads/main\n" });
    return stage;
  }

  /** Writes files. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), content);
    }
  }

  /** Has something closed with the stage. */
  defer(cleanUp: () => Promise<void> | void): void {
    this.#cleanUps.push(cleanUp);
  }

  /** The command that runs a TypeScript file under the runtime that runs this test. */
  program(path: string): [string, ...string[]] {
    return programCommand(join(this.folder, path));
  }

  /** Runs a program here, to its end or for a minute. */
  async run(
    [command, ...args]: readonly [string, ...string[]],
    options: RunOptions = {},
  ): Promise<Ended> {
    const child = spawn(command, args, {
      cwd: this.folder,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const ended: Ended = { code: null, stdout: "", stderr: "" };
    const stop = () => {
      try {
        process.kill(-child.pid!, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(stop, 60_000);
    let isDone = false;
    const look = setInterval(() => {
      isDone = options.until?.(ended.stdout + ended.stderr, this) ?? false;
      if (isDone) stop();
    }, 50);
    child.stdout.on("data", (chunk) => ended.stdout += String(chunk));
    child.stderr.on("data", (chunk) => ended.stderr += String(chunk));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    }).finally(() => {
      clearTimeout(timer);
      clearInterval(look);
    });
    return { ...ended, code: isDone ? 0 : code };
  }

  /** Removes all of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const cleanUp of this.#cleanUps.reverse()) await cleanUp();
    await this.model.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #link(name: string, target: string): void {
    mkdirSync(join(this.folder, "bin"), { recursive: true });
    symlinkSync(target, join(this.folder, "bin", name));
  }
}
