/**
 * The scenes in which the code blocks of the pages are run: what a block refers to and a test has
 * not got (a collector, a host name, a file), and what must have come of it.
 */
import { AGENT_SCENES } from "./agent_scenes.ts";
import { CLEANUP_SCENES } from "./cleanup_scenes.ts";
import type { Scene } from "./scene.ts";
import { TELEMETRY_SCENES } from "./telemetry_scenes.ts";

/** All scenes, by the names that the pages call them. */
export const SCENES: Readonly<Record<string, Scene>> = {
  ...AGENT_SCENES,
  ...TELEMETRY_SCENES,
  ...CLEANUP_SCENES,
};
