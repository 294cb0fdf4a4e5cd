import { sha256Hex } from "./sha256.ts";

const HEX = /^[0-9a-f]{32}$/;
const ZEROS = "0".repeat(32);

/**
 * The trace id that `TurnOptions.trace.traceId` stands for: 32 hexadecimal digits are the id
 * itself (in lower case); of any other text it is the first 32 digits of its SHA-256, so that a
 * harness can compute where its trace will be.
 */
export function traceIdOf(text: string): string {
  const lower = text.toLowerCase();
  return HEX.test(lower) && lower !== ZEROS ? lower : sha256Hex(text).slice(0, 32);
}
