/**
 * Runs a turn over a remote app-server, and prints what came of it. Usage:
 * secure_remote_program URL TOKEN
 */
import process from "node:process";
import { Codex, isCodexError } from "../../mod.ts";

const [url = "", token = ""] = process.argv.slice(2);
const codex = new Codex({ transport: { url, token } });
const thread = codex.startThread({ skipGitRepoCheck: true, sandboxMode: "read-only" });
const outcome = await thread.run("Go").then(({ finalResponse }) => ({ finalResponse }), (error) => {
  if (!isCodexError(error)) throw error;
  return { code: error.code, details: error.details };
});
await codex.close();
console.log(JSON.stringify(outcome));
