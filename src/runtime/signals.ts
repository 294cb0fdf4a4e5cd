import process from "node:process";
import type { StopSignal } from "../core/ports.ts";

/**
 * Sends a signal to a process, or with a negative id to a group; 0 only asks. False when nobody is
 * there that takes it.
 */
export function sendSignal(id: number, signal: StopSignal | 0): boolean {
  try {
    process.kill(id, signal);
    return true;
  } catch {
    return false;
  }
}
