/** Scenarios about turns over a remote app-server. */
import {
  Codex,
  type EdgeCodexOptions,
  type RemoteAppServer,
  telemetry,
  tool,
  tools,
  type Turn,
} from "../../src/edge.ts";
import type { Scene } from "./scene.ts";

/** What a turn is played with. */
export interface TurnArguments {
  transport: RemoteAppServer;
  folder: string;
  input?: string;
}

/** What came of a turn. */
export interface TurnReport {
  turn: Turn;
  events: string[];
  added: unknown;
  threadId: string | null;
}

const add = tool<{ a: number; b: number }>({
  name: "add",
  description: "Adds two numbers",
  inputSchema: {
    type: "object",
    properties: { a: { type: "number" }, b: { type: "number" } },
    required: ["a", "b"],
  },
  run: ({ a, b }) => ({ sum: a + b }),
});

const EVENTS = [
  "codex.thread.start",
  "codex.thread.stop",
  "codex.thread.exception",
  "codex.tool.start",
  "codex.tool.success",
  "codex.tool.failure",
  "codex.approval.requested",
  "codex.approval.approved",
  "codex.approval.denied",
] as const;

/** Listens to the turns of this request; others have handlers of their own. */
function listen(): { events: string[]; stop: () => void } {
  const id = crypto.randomUUID();
  const events: string[] = [];
  telemetry.attachMany(id, EVENTS, ({ name, metadata }) => {
    const { tool } = metadata as { tool?: string };
    events.push([name.slice(6), tool].filter(Boolean).join(" "));
  });
  return { events, stop: () => telemetry.detach(id) };
}

/** A thread whose commands and patches need approval. */
const asking = (folder: string) => ({
  workingDirectory: folder,
  skipGitRepoCheck: true,
  sandboxMode: "danger-full-access",
  approvalPolicy: "untrusted",
} as const);

export const turns = {
  /** One turn with a tool and approvals; the spans go out after the answer. */
  turn: async (
    { transport, folder, input = "Go" }: TurnArguments,
    { env, waitUntil }: Scene,
  ): Promise<TurnReport> => {
    if (!telemetry.status().enabled) await telemetry.configure({ env });
    const { events, stop } = listen();
    try {
      await using codex = new Codex({ transport });
      const thread = codex.startThread({
        ...asking(folder),
        tools: [add],
        approvals: (request) =>
          request.kind === "command" && request.command?.includes("denied")
            ? { deny: "not this one" }
            : "allow",
      });
      const turn = await thread.run(input);
      return { turn, events, added: tools.metrics()["add"]?.success, threadId: thread.id };
    } finally {
      stop();
      waitUntil(telemetry.flush());
    }
  },

  /** A turn that is aborted when it has begun, and another one on the same thread. */
  abort: async ({ transport, folder }: TurnArguments): Promise<unknown> => {
    await using codex = new Codex({ transport });
    const thread = codex.startThread(asking(folder));
    const controller = new AbortController();
    const { events } = await thread.runStreamed("Go", { signal: controller.signal });
    let reason: unknown;
    try {
      for await (const event of events) {
        if (event.type === "turn.started") controller.abort(new Error("Enough."));
      }
    } catch (error) {
      reason = (error as Error).message;
    }
    return { reason, answer: (await thread.run("Go on")).finalResponse };
  },

  /** A turn that is given up by a timeout. */
  timeout: async ({ transport, folder }: TurnArguments): Promise<unknown> => {
    await using codex = new Codex({ transport });
    return await codex.startThread(asking(folder)).run("Go", { timeoutMs: 300 });
  },

  /** A `Codex` that cannot be made here, or a thread. */
  refuse: (
    { options, thread = {} }: { options: object; thread?: object },
  ): void => void new Codex(options as EdgeCodexOptions).startThread(thread),

  /** A turn that was begun by a request that is over, and its `Codex` in the next one. */
  shared: async ({ transport, folder }: TurnArguments): Promise<unknown> => {
    shared ??= new Codex({ transport });
    return (await shared.startThread(asking(folder)).run("Go")).finalResponse;
  },
};

let shared: Codex | undefined;
