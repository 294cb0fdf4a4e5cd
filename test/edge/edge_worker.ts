/** A Worker in workerd, for the tests of the edge runtime. */
import { build, type BuildOptions } from "esbuild";
import { Miniflare } from "miniflare";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { ROOT } from "../../scripts/lib/project.ts";
import type { Outcome, Scenarios, ShownError } from "./worker.ts";

/** How bundlers for Workers resolve packages; nothing is left out and nothing filled in. */
const BUNDLE: BuildOptions & { write: false } = {
  bundle: true,
  format: "esm",
  platform: "browser",
  conditions: ["workerd", "worker", "browser"],
  target: "es2022",
  write: false,
};

/** The oldest behaviour of the runtime that is supported, and the newest that is installed. */
export const COMPATIBILITY_DATES = ["2024-01-01", "2026-04-01"] as const;

const bundles = new Map<string, Promise<string>>();

/** A Worker as one module. */
function bundle(entryPoint: string): Promise<string> {
  const known = bundles.get(entryPoint) ??
    build({ ...BUNDLE, entryPoints: [join(ROOT, entryPoint)] })
      .then(({ outputFiles }) => outputFiles?.[0]?.text ?? "");
  bundles.set(entryPoint, known);
  return known;
}

/** Settings of a Worker. */
export interface EdgeWorkerOptions {
  /** The newest by default. */
  compatibilityDate?: string;
  /** Values for its bindings. */
  bindings?: Record<string, unknown>;
  /** Other bindings, as miniflare has them. */
  more?: object;
}

/** What a scenario takes, and what it gives. */
type Given<Name extends keyof Scenarios> = Parameters<Scenarios[Name]>[0];
type Answer<Name extends keyof Scenarios> = Awaited<ReturnType<Scenarios[Name]>>;

/** An error of a scenario. */
export class ScenarioError extends Error {
  readonly shown: ShownError;

  constructor(shown: ShownError) {
    super(`${shown.code ?? shown.name}: ${shown.message}\n${shown.stack ?? ""}`);
    this.shown = shown;
  }
}

/** Starts the runtime with a Worker, by its path from the project's folder. */
export async function startMiniflare(
  entryPoint: string,
  { compatibilityDate = COMPATIBILITY_DATES[1], bindings = {}, more = {} }: EdgeWorkerOptions,
  onOutput: (text: string) => void = () => {},
): Promise<Miniflare> {
  const contents = await bundle(entryPoint);
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.js", contents }],
    compatibilityDate,
    bindings: bindings as Record<string, string>,
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      for (const stream of [stdout, stderr]) {
        stream.on("data", (chunk: unknown) => onOutput(String(chunk)));
      }
    },
    ...more,
  });
  try {
    await miniflare.ready;
    return miniflare;
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}

/** A running Worker with one isolate: its modules keep what they hold between requests. */
export class EdgeWorker {
  #miniflare: Miniflare | undefined;
  /** What it has written to its console. */
  output = "";

  private constructor() {}

  /** Starts one that plays the scenarios. */
  static async start(options: EdgeWorkerOptions = {}): Promise<EdgeWorker> {
    const worker = new EdgeWorker();
    const keep = (text: string) => void (worker.output += text);
    worker.#miniflare = await startMiniflare("test/edge/worker.ts", options, keep);
    return worker;
  }

  /**
   * Plays a scenario within a request of its own.
   * @throws {ScenarioError} what the scenario has thrown.
   */
  async play<Name extends keyof Scenarios>(
    name: Name,
    args?: Given<Name>,
  ): Promise<Answer<Name>> {
    const response = await this.#miniflare!.dispatchFetch(`http://worker/${name}`, {
      method: "POST",
      body: JSON.stringify(args ?? null),
    });
    const outcome = await response.json() as Outcome;
    if ("error" in outcome) throw new ScenarioError(outcome.error);
    return outcome.result as Answer<Name>;
  }

  /** Ends the runtime. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#miniflare?.dispose();
  }
}
