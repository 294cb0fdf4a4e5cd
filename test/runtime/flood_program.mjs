/**
 * A CLI that prints 1 GiB of events as fast as they are taken, and adds a dot to a
 * file after each 64 KiB. Usage: flood_program.mjs FILE
 */
import { appendFileSync, writeSync } from "node:fs";
import process from "node:process";

const item = { id: "1", type: "agent_message", text: "x".repeat(940) };
const line = `${JSON.stringify({ type: "item.updated", item })}\n`;
const piece = new TextEncoder().encode(line.repeat(64));
for (let written = 0; written < 2 ** 30; written += piece.length) {
  for (let start = 0; start < piece.length;) start += writeSync(1, piece, start);
  appendFileSync(process.argv[2], ".");
}
