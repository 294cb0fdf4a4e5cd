/** What the model answers in a soak, and what the fakes of the CLI do. */
import type { ThreadOptions } from "../../mod.ts";
import { type ModelRequest, type ModelStep, reply } from "../../src/testing/mod.ts";
import { shellServer } from "../../test/core/app_server/shell_server.ts";
import { pick } from "./chance.ts";

const item = '{"type":"item.completed","item":{"id":"1","type":"agent_message","text":"Hi"}}';

const serverItem =
  '{"threadId":"t1","turnId":"u1","item":{"type":"agentMessage","id":"m","text":"Hi"}}';

/** Scripts of shells; see `shellCli()`. */
export const FAKES: readonly string[] = [
  `cat >/dev/null; begin; sleep 0.05; sleep 60 >/dev/null 2>&1 & say '${item}'; finish`,
  "cat >/dev/null; begin; sleep 0.1; echo no >&2; exit 9",
  "begin; finish; say nonsense; wait_for_ever",
  `trap '' INT TERM; sh -c 'trap "" INT TERM; sleep 60' & begin; wait_for_ever`,
  `cat >/dev/null; begin; yes '${item}' | head -n 20000; finish`,
];

/** The same as app-servers. The last does not end a turn when it is asked to. */
export const FAKE_SERVERS: readonly string[] = [
  shellServer({
    turn: `sleep 60 >/dev/null 2>&1 & note item/completed '${serverItem}'; turn_end completed`,
  }),
  shellServer({ turn: "sleep 0.1; exit 9" }),
  shellServer({ turn: ":", interrupt: "turn_end interrupted" }),
  shellServer({
    begin: `trap '' INT TERM; sh -c 'trap "" INT TERM; sleep 60' &`,
    turn: ":",
    end: "wait_for_ever",
  }),
];

/** Ends a turn that has run a command, and else does one thing or another. */
export function answer({ body }: ModelRequest): ModelStep {
  const input = body["input"] as { type?: string }[];
  if (input.at(-1)?.type === "function_call_output") return "Done.";
  return pick<ModelStep>([
    "Hello.",
    reply.command("echo hello"),
    reply.command("sleep 60 & sleep 0.3"),
    reply.command("sleep 2"),
    reply.failure("the model broke"),
  ])!;
}

/** Options of all threads. */
export const soakThread = (): ThreadOptions => ({
  skipGitRepoCheck: true,
  sandboxMode: "danger-full-access",
});
