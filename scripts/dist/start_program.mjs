/** Imports what it is told to, and prints which of its modules Node has loaded for that. */
import process from "node:process";

const before = new Set(process.moduleLoadList);
await import(process.argv[2]);
const loaded = process.moduleLoadList.filter((name) => !before.has(name));
process.stdout.write(loaded.join("\n"));
