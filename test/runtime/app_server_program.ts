/** Runs a turn over the app-server, closes it, and has no more to do. */
import process from "node:process";
import { Codex } from "../../src/sdk.ts";
import { scriptedModel } from "../../src/testing/mod.ts";

const model = await scriptedModel(["Hello."]);
const codex = new Codex({ ...model.codexOptions(), transport: "app-server" });
const turn = await codex.startThread({ skipGitRepoCheck: true }).run("Go");
await codex.close();
await model.close();
// Bun and Deno do not tell.
const resources = process.getActiveResourcesInfo?.() ?? [];
console.log(JSON.stringify({
  answer: turn.finalResponse,
  timers: resources.filter((name) => name === "Timeout").length,
}));
