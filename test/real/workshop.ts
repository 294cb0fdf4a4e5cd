import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ThreadOptions } from "../../src/core/options.ts";
import type { Thread } from "../../src/core/thread.ts";
import { scriptedModel } from "../../src/testing/mod.ts";
import type { ModelScript, ScriptedModel } from "../../src/testing/mod.ts";
import { createEngine, type Engine } from "../core/engine.ts";

/** The real CLI with a scripted model and a folder to work in. */
export interface Workshop extends Engine {
  model: ScriptedModel;
  folder: string;
  thread: Thread;
  /** Another engine on the same `CODEX_HOME`. */
  another(): Engine;
}

/** Options of all threads here: the sandbox is the CLI's own business, and needs a kernel that has it. */
export function threadOptions(folder: string): ThreadOptions {
  return {
    workingDirectory: folder,
    skipGitRepoCheck: true,
    sandboxMode: "danger-full-access",
  };
}

/** Opens a workshop, and clears it away afterwards. */
export async function withWorkshop(
  script: ModelScript,
  use: (workshop: Workshop) => Promise<void>,
): Promise<void> {
  const model = await scriptedModel(script);
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-real-"));
  // The CLI runs commands in login shells: an empty home keeps the user's profile out of the tests,
  // and a profile's own locks from being left behind by a shell that a test has killed.
  const home = mkdtempSync(join(tmpdir(), "codex-otel-home-"));
  const open = () => createEngine(model.codexOptions({ env: { HOME: home } }));
  const engine = open();
  const thread = engine.codex.startThread(threadOptions(folder));
  try {
    await use({ ...engine, model, folder, thread, another: open });
  } finally {
    await engine.codex.close();
    await model.close();
    for (const path of [folder, home]) rmSync(path, { recursive: true, force: true });
  }
}
