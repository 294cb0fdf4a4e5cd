/**
 * Closes in the middle of a turn over a remote app-server that has been stopped, and has no more to
 * do. Usage: silent_remote_program URL TOKEN PID_OF_THE_SERVER
 */
import process from "node:process";
import { Codex } from "../../mod.ts";

const [url = "", token = "", pid] = process.argv.slice(2);
const codex = new Codex({ transport: { url, token } });
const thread = codex.startThread({ skipGitRepoCheck: true, sandboxMode: "read-only" });
const { events } = await thread.runStreamed("Go");
let failure: unknown;
try {
  for await (const { type } of events) {
    if (type !== "turn.started") continue;
    process.kill(Number(pid), "SIGSTOP");
    void codex.close();
  }
} catch (error) {
  failure = error;
}
await codex.close();
console.log((failure as { code?: string }).code);
