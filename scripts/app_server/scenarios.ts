/**
 * What is recorded of the app-server beside the turns that both transports share.
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { reply } from "../../src/testing/mod.ts";
import type { ModelReply } from "../../src/testing/mod.ts";
import { FIXTURES, type Recording, WORK } from "../lib/recordings.ts";
import type { Answer, RpcMessage } from "./session.ts";
import type { Conversation } from "./conversation.ts";

/** A recording with a client that answers, and does more than to start turns. */
export interface Scenario extends Recording {
  /** Parameters of `thread/start` beside `cwd`. */
  thread?: Record<string, unknown>;
  answer?: Answer;
  /** Runs each prompt in turn, unless it says otherwise. */
  drive?: (conversation: Conversation) => Promise<void>;
}

const ASKING = { approvalPolicy: "untrusted", sandbox: "workspace-write" };

const NEW_FILE = `*** Begin Patch
*** Add File: new.txt
+new
*** End Patch`;

const TICKET_TOOL = {
  type: "function",
  name: "lookup_ticket",
  description: "Looks a ticket up",
  inputSchema: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
};

const MCP_FORMS = [
  `mcp_servers.forms.command=${JSON.stringify(process.execPath)}`,
  `mcp_servers.forms.args=[${JSON.stringify(join(FIXTURES, "forms_mcp.cjs"))}]`,
];

const decide = (...decisions: string[]): Answer => () => ({ decision: decisions.shift() });

function stream(...events: { type: string; [field: string]: unknown }[]): ModelReply {
  const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return reply.http(200, {
    headers: { "content-type": "text/event-stream" },
    body: body.join(""),
  });
}

const summaryDelta = (index: number, delta: string) => ({
  type: "response.reasoning_summary_text.delta",
  item_id: "rs_1",
  output_index: 0,
  summary_index: index,
  delta,
});

const summaryPart = (index: number) => ({
  type: "response.reasoning_summary_part.added",
  item_id: "rs_1",
  output_index: 0,
  summary_index: index,
  part: { type: "summary_text", text: "" },
});

const textDelta = (delta: string) => ({
  type: "response.output_text.delta",
  item_id: "msg_1",
  output_index: 1,
  delta,
});

const REASONING = { type: "reasoning", id: "rs_1", encrypted_content: null };
const MESSAGE = { type: "message", role: "assistant", id: "msg_1" };

/** Reasoning in two parts, then a message in three pieces. */
const PIECEMEAL = stream(
  { type: "response.created", response: { id: "resp_1" } },
  { type: "response.output_item.added", output_index: 0, item: { ...REASONING, summary: [] } },
  summaryPart(0),
  summaryDelta(0, "**Look"),
  summaryDelta(0, "ing**"),
  summaryPart(1),
  summaryDelta(1, "Found it."),
  {
    type: "response.output_item.done",
    output_index: 0,
    item: {
      ...REASONING,
      summary: ["**Looking**", "Found it."].map((text) => ({ type: "summary_text", text })),
    },
  },
  { type: "response.output_item.added", output_index: 1, item: { ...MESSAGE, content: [] } },
  textDelta("All "),
  textDelta("is "),
  textDelta("well."),
  {
    type: "response.output_item.done",
    output_index: 1,
    item: { ...MESSAGE, content: [{ type: "output_text", text: "All is well." }] },
  },
  {
    type: "response.completed",
    response: {
      id: "resp_1",
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 10,
        output_tokens_details: { reasoning_tokens: 5 },
        total_tokens: 110,
      },
    },
  },
);

const book = () => reply.tool("book", {}, { namespace: "mcp__forms" });

const ASKING_PERMISSIONS: Scenario = {
  config: ["features.request_permissions_tool=true"],
  thread: { approvalPolicy: "on-request" },
  turns: [[
    reply.tool("request_permissions", {
      reason: "The build needs it",
      permissions: { network: { enabled: true }, file_system: { write: [join(WORK, "home")] } },
    }),
    "So it is.",
  ]],
};

/** By the name of the transcript. */
export const SCENARIOS: Record<string, Scenario> = {
  command_approved: {
    thread: ASKING,
    answer: decide("accept", "acceptForSession"),
    turns: [[
      reply.command("touch one"),
      reply.command("touch two"),
      reply.command("touch two"),
      "Done.",
    ]],
  },
  command_declined: {
    thread: ASKING,
    answer: decide("decline"),
    turns: [[reply.command("touch one"), "It was declined."]],
  },
  command_cancelled: {
    thread: ASKING,
    answer: decide("cancel"),
    turns: [[reply.command("touch one")]],
  },
  patch_approved: {
    thread: { ...ASKING, sandbox: "read-only" },
    answer: decide("accept"),
    turns: [[reply.patch(NEW_FILE), "Patched."]],
  },
  patch_declined: {
    thread: { ...ASKING, sandbox: "read-only" },
    answer: decide("decline"),
    turns: [[reply.patch(NEW_FILE), "It was declined."]],
  },
  patch_for_session: {
    thread: { ...ASKING, sandbox: "read-only" },
    answer: decide("acceptForSession"),
    turns: [[reply.patch(NEW_FILE), "Patched."]],
  },
  dynamic_tool: {
    thread: { dynamicTools: [TICKET_TOOL] },
    answer: ({ params }) => {
      const { id } = params?.["arguments"] as { id?: unknown };
      const text = typeof id === "string" ? `Ticket ${id} is open.` : "id must be a string";
      return { contentItems: [{ type: "inputText", text }], success: typeof id === "string" };
    },
    turns: [[
      reply.tool("lookup_ticket", { id: "ABC-1" }),
      reply.tool("lookup_ticket", { id: 5 }),
      "It is open.",
    ]],
  },
  elicitation: {
    config: MCP_FORMS,
    thread: { approvalPolicy: "on-request" },
    answer: ({ params }) => ({
      action: "accept",
      content: params?.["_meta"] ? {} : { seat: "12A" },
      _meta: null,
    }),
    turns: [[book(), "Booked."]],
  },
  elicitation_declined: {
    config: MCP_FORMS,
    thread: { approvalPolicy: "on-request" },
    answer: () => ({ action: "decline", content: null, _meta: null }),
    turns: [[book(), "Not booked."]],
  },
  elicitation_for_session: {
    config: MCP_FORMS,
    thread: { approvalPolicy: "on-request" },
    answer: ({ params }) =>
      params?.["_meta"]
        ? { action: "accept", content: {}, _meta: { persist: "session" } }
        : { action: "accept", content: { seat: "12A" }, _meta: null },
    turns: [[book(), book(), "Booked."]],
  },
  permissions: {
    ...ASKING_PERMISSIONS,
    answer: ({ params }) => ({ permissions: params?.["permissions"], scope: "turn" }),
  },
  permissions_for_session: {
    ...ASKING_PERMISSIONS,
    answer: ({ params }) => ({ permissions: params?.["permissions"], scope: "session" }),
  },
  permissions_denied: {
    ...ASKING_PERMISSIONS,
    answer: () => ({ permissions: {}, scope: "turn" }),
  },
  user_input: {
    config: ["features.default_mode_request_user_input=true"],
    answer: () => ({ answers: { colour: { answers: ["Red"] } } }),
    turns: [[
      reply.tool("request_user_input", {
        questions: [{
          id: "colour",
          header: "Colour",
          question: "Which colour?",
          options: [{ label: "Red", description: "Warm" }, { label: "Blue", description: "Cold" }],
        }],
      }),
      "Red it is.",
    ]],
  },
  deltas: { turns: [[PIECEMEAL]] },
  http_500: { turns: [[reply.http(500, { body: '{"error":{"message":"boom"}}' })]] },
  context_full: { turns: [[reply.failure("too long", { code: "context_length_exceeded" })]] },
  output_schema: {
    turns: [['{"ok":true}']],
    drive: async (conversation) => {
      const outputSchema = {
        type: "object",
        properties: { ok: { type: "boolean" } },
        required: ["ok"],
        additionalProperties: false,
      };
      await conversation.run("Is it?", { outputSchema });
    },
  },
  interrupted: {
    turns: [[reply.command("sleep 30")], ["Still here."]],
    drive: async (conversation) => {
      const running = conversation.run("Wait a while");
      const { params } = await conversation.waitFor(isItem("item/started", "commandExecution"));
      const turnId = params?.["turnId"];
      await conversation.request("turn/interrupt", { turnId });
      await running;
      await conversation.response("turn/interrupt", { turnId });
      await conversation.run("And now?");
    },
  },
  interrupted_approval: {
    thread: ASKING,
    turns: [[reply.command("touch one")]],
    drive: async (conversation) => {
      const running = conversation.run("Touch it");
      const { params } = await conversation.waitFor(
        ({ method }) => method === "item/commandExecution/requestApproval",
      );
      await conversation.request("turn/interrupt", { turnId: params?.["turnId"] });
      await running;
    },
  },
  steered: {
    turns: [[reply.command("sleep 1"), "Both done."]],
    drive: async (conversation) => {
      const input = [{ type: "text", text: "And this too", text_elements: [] }];
      await conversation.response("turn/steer", { expectedTurnId: "none", input });
      const running = conversation.run("Do that");
      const { params } = await conversation.waitFor(isItem("item/started", "commandExecution"));
      await conversation.request("turn/steer", { expectedTurnId: params?.["turnId"], input });
      await running;
    },
  },
  compacted: {
    turns: [["First."], ["A summary."], ["Second."]],
    drive: async (conversation) => {
      await conversation.run("One");
      await compact(conversation);
      await conversation.run("Two");
    },
  },
  compaction_failed: {
    turns: [["First."], [reply.failure("the model broke")]],
    drive: async (conversation) => {
      await conversation.run("One");
      await compact(conversation);
    },
  },
  refused: {
    turns: [],
    drive: async (conversation) => {
      const threadId = "00000000-0000-7000-8000-000000000000";
      await conversation.response("thread/resume", { threadId });
      await conversation.response("thread/resume", { threadId: "nonsense" });
      await conversation.response("turn/start", { threadId, input: [] });
      await conversation.response("thread/start", { approvalPolicy: "on-failure" });
      await conversation.response("turn/interrupt", { turnId: "none" });
      await conversation.response("initialize", {});
    },
  },
};

async function compact(conversation: Conversation): Promise<void> {
  await conversation.request("thread/compact/start");
  const begun = await conversation.waitFor(isItem("item/started", "contextCompaction"));
  await conversation.turnEnd(begun.params?.["turnId"]);
}

function isItem(method: string, type: string): (message: RpcMessage) => boolean {
  return (message) =>
    message.method === method &&
    (message.params?.["item"] as { type?: string } | undefined)?.type === type;
}
