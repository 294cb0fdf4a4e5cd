/** Imports what it is told to, and prints how many milliseconds that took: by the clock, of CPU. */
import process from "node:process";

const cpu = process.cpuUsage();
const start = performance.now();
for (const specifier of process.argv.slice(2)) await import(specifier);
const ms = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000 }));
