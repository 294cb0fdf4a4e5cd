/**
 * Runs a turn of a CLI that ignores all signals and has a command in a session of its own, prints the
 * pids of both, and ends in the way that its argument says. Usage: host_end_program WAY FOLDER
 */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { Codex } from "../../mod.ts";

const [way, folder] = process.argv.slice(2) as [string, string];
const cli = join(folder, "codex");
const pids = join(folder, "pids");
writeFileSync(
  cli,
  `#!/bin/sh
cat >/dev/null
trap '' TERM INT HUP
setsid sh -c 'trap "" TERM INT HUP; echo $$ >> ${pids}; exec sleep 60' &
while [ ! -s ${pids} ]; do sleep 0.01; done
echo $$ >> ${pids}
echo '{"type":"thread.started","thread_id":"t"}'
exec sleep 60
`,
);
chmodSync(cli, 0o755);
const { events } = await new Codex({ codexPathOverride: cli }).startThread().runStreamed("go");
await events.next();
if (existsSync(pids)) console.log(readFileSync(pids, "utf8").trim().replaceAll("\n", " "));

const ways: Record<string, () => void> = {
  exit: () => process.exit(3),
  error: () => {
    throw new Error("not caught");
  },
  SIGINT: () => process.kill(process.pid, "SIGINT"),
  SIGTERM: () => process.kill(process.pid, "SIGTERM"),
  handled: () => {
    process.on("SIGTERM", () => process.exit(5));
    process.kill(process.pid, "SIGTERM");
  },
};
setTimeout(ways[way]!, 20);
// Not awaited: while a module's own await is pending, Bun (1.4.5) does not end by an uncaught error.
void events.next();
