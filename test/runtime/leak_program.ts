/**
 * Runs 200 turns of a CLI, 50 at once on one signal, and prints as JSON what this process holds before
 * and after them. Usage: leak_program CLI
 */
import { readdirSync } from "node:fs";
import process from "node:process";
import { Codex } from "../../mod.ts";

const ENDS = ["SIGINT", "SIGTERM", "SIGHUP", "exit"];
const count = () => ({
  files: readdirSync("/proc/self/fd").length,
  listeners: ENDS.reduce((sum, name) => sum + process.listenerCount(name), 0),
});

const codex = new Codex({ codexPathOverride: process.argv[2]! });
const { signal } = new AbortController();
const turns = (many: number) =>
  Promise.all(Array.from({ length: many }, () => codex.startThread().run("Go", { signal })));

let onSignal = 0;
const { addEventListener, removeEventListener } = signal;
signal.addEventListener = (...args: unknown[]) => {
  onSignal++;
  addEventListener.apply(signal, args as Parameters<typeof addEventListener>);
};
signal.removeEventListener = (...args: unknown[]) => {
  onSignal--;
  removeEventListener.apply(signal, args as Parameters<typeof removeEventListener>);
};

// What runtimes open once is open then.
await turns(50);
const before = count();
for (let batch = 0; batch < 4; batch++) await turns(50);
// A pipe that was let go of is closed a moment later.
for (let tries = 0; tries < 100 && count().files > before.files; tries++) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
console.log(JSON.stringify({ before, after: count(), onSignal }));
