/** What a scene is, and what several of them need. */
import {
  type ModelScript,
  type OtlpReceiver,
  otlpReceiver,
  type OtlpReceiverOptions,
} from "../../src/testing/mod.ts";
import type { Ended, RunOptions, Stage } from "./stage.ts";

/** A scene; a block without one plays in {@linkcode PLAIN}. */
export interface Scene extends RunOptions {
  /** What the agent's model answers. */
  answers?: ModelScript;
  /** Sets the scene. */
  prepare?(stage: Stage): Promise<void> | void;
  /** Texts that stand for something the reader has: each with what there is on this machine. */
  replace?: Readonly<Record<string, string>>;
  /** The program that has the block as `./block.ts`, in place of the runtime that runs the tests. */
  host?: { command: readonly [string, ...string[]]; module: string };
  /** A module that runs before the block. */
  before?: string;
  /** A module that runs after the block; it has what a `ts` block exports as `block`. */
  after?: string;
  /** What must have come of it, beside an exit code of 0. */
  check?(ended: Ended, stage: Stage): Promise<void> | void;
}

/** An agent that is done at once. */
export const PLAIN: Scene = { answers: () => "Done." };

/** A turn of a stand-in for the CLI, to have a span. */
export const TURN = `
import { Codex, telemetry } from "@codex-otel/sdk";
import { catFixture } from "@codex-otel/sdk/testing";
const cli = catFixture([{ type: "thread.started", thread_id: "thread_1" }]);
const run = () => new Codex({ codexPathOverride: cli.path }).startThread().run("trace check");
`;

const receivers = new WeakMap<Stage, OtlpReceiver>();

/** Sets up a collector, with its address in `RECEIVER`. */
export async function receive(stage: Stage, options?: OtlpReceiverOptions): Promise<void> {
  const receiver = await otlpReceiver(options);
  stage.defer(() => receiver.close());
  stage.env["RECEIVER"] = receiver.url;
  receivers.set(stage, receiver);
}

/** What the collector of a scene got. */
export const receivedBy = (stage: Stage): OtlpReceiver => receivers.get(stage)!;

/** Sets up a collector that the environment enables. */
export async function enable(stage: Stage): Promise<void> {
  await receive(stage);
  stage.env["CODEX_OTLP_ENABLE"] = "1";
  stage.env["CODEX_OTLP_ENDPOINT"] = receivedBy(stage).url;
}

/** A picture of one pixel. */
export const PNG: Uint8Array = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  ),
  (character) => character.charCodeAt(0),
);
