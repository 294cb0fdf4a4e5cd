/**
 * Runs a turn of a CLI that ignores all signals and has a command in a session of its own, prints the
 * pids of both, and ends in the way that its argument says.
 * Usage: host_end_program WAY FOLDER TRANSPORT
 */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { Codex } from "../../mod.ts";
import { shellServer } from "../core/app_server/shell_server.ts";

const [way, folder, transport] = process.argv.slice(2) as [string, string, "exec" | "app-server"];
const cli = join(folder, "codex");
const pids = join(folder, "pids");
const says = {
  exec: `cat >/dev/null; say '{"type":"thread.started","thread_id":"t"}'`,
  "app-server": shellServer({ turn: ":" }),
};
writeFileSync(
  cli,
  `#!/bin/sh
say() { printf '%s\\n' "$1"; }
trap '' TERM INT HUP
setsid sh -c 'trap "" TERM INT HUP; echo $$ >> ${pids}; exec sleep 60' &
while [ ! -s ${pids} ]; do sleep 0.01; done
echo $$ >> ${pids}
${says[transport]}
exec sleep 60
`,
);
chmodSync(cli, 0o755);
const { events } = await new Codex({ codexPathOverride: cli, transport }).startThread().runStreamed(
  "go",
);
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
