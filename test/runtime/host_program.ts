/** Starts a child whose grandchild holds its pipes and its input open, lets go, and has no more to do. */
import { loadRuntime } from "../../src/runtime/detect.ts";

const runtime = await loadRuntime();
const child = await runtime.spawn({
  command: "/bin/sh",
  args: ["-c", "sleep 60 & echo $!; exit 0"],
  env: { PATH: "/usr/bin:/bin" },
});
const first = await child.stdout[Symbol.asyncIterator]().next();
child.stdin.write(new Uint8Array(4 * 1024 * 1024)).catch(() => {});
await child.exited;
child.release();
console.log(new TextDecoder().decode(first.value).trim());
