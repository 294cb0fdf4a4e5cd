import process from "node:process";
import type { StopSignal } from "../core/ports.ts";

/** Sends a signal to a process, or with a negative id to a group. False when nobody is there. */
export function sendSignal(id: number, signal: StopSignal): boolean {
  try {
    process.kill(id, signal);
    return true;
  } catch {
    return false;
  }
}
