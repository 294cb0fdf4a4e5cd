/**
 * Runs a turn of the real CLI, prints the CLI's pid once a command of the agent runs, and kills itself.
 * Usage: killed_host_program TRANSPORT OPTIONS_AS_JSON
 */
import process from "node:process";
import { Codex, telemetry } from "../../mod.ts";

const [transport, options] = process.argv.slice(2) as ["exec" | "app-server", string];
let pid = 0;
telemetry.attach("pid", "codex.process.start", ({ metadata }) => pid = metadata.pid);
telemetry.attach("end", "codex.tool.start", () => {
  console.log(pid);
  setTimeout(() => process.kill(process.pid, "SIGKILL"), 500);
});
const codex = new Codex({ ...JSON.parse(options), transport });
const thread = codex.startThread({ skipGitRepoCheck: true, sandboxMode: "danger-full-access" });
void thread.run("Go");
