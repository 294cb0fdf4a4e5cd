import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  approvalResponse,
  type ApprovalVerdict,
  readApprovalRequest,
} from "../../../src/protocol/app_server/approvals.ts";
import { convertItem } from "../../../src/protocol/app_server/item.ts";
import { asFields } from "../../../src/protocol/fields.ts";
import type { ThreadItem } from "../../../src/protocol/items.ts";
import { notificationsOf, serverRequestsOf } from "./transcripts.ts";

/** The items that a recorded session began with `item/started`. */
function begunItems(name: string): ThreadItem[] {
  return notificationsOf(name)
    .filter(({ method }) => method === "item/started")
    .map(({ params }) => convertItem(asFields(params["item"])));
}

function firstRequest(name: string) {
  const [request] = serverRequestsOf(name);
  return { request: readApprovalRequest(request!, begunItems(name))!, answer: request!.answer };
}

describe("readApprovalRequest()", () => {
  it("reads a command", () => {
    const { request } = firstRequest("command_approved");
    assert.ok(request.kind === "command");
    const [item] = begunItems("command_approved").filter(({ type }) =>
      type === "command_execution"
    );
    assert.equal(request.callId, item!.id);
    assert.match(request.turnId, /^[0-9a-f-]{36}$/);
    assert.equal(request.tool, "exec_command");
    assert.equal(request.command, "/bin/bash -lc 'touch one'");
    assert.equal(request.cwd, "/tmp/codex-otel-recording/work");
    assert.equal("reason" in request, false);
  });

  it("reads a command that is about a host, and one that is input to a terminal", () => {
    const method = "item/commandExecution/requestApproval";
    const ids = { threadId: "t", turnId: "u", itemId: "i" };
    const networkApprovalContext = { host: "example.org", protocol: "https" };
    assert.deepEqual(
      readApprovalRequest({
        method,
        params: { ...ids, kind: "command", reason: "to fetch", networkApprovalContext },
      }),
      {
        kind: "command",
        callId: "i",
        threadId: "t",
        turnId: "u",
        tool: "exec_command",
        reason: "to fetch",
        network: { host: "example.org", protocol: "https" },
      },
    );
    const input = readApprovalRequest({ method, params: { ...ids, kind: "writeStdin" } });
    assert.equal(input?.tool, "write_stdin");
  });

  it("reads a patch, with the changes of its item", () => {
    const { request } = firstRequest("patch_approved");
    assert.ok(request.kind === "file_change");
    assert.equal(request.tool, "apply_patch");
    assert.deepEqual(request.changes.map(({ path, kind }) => [path, kind]), [
      ["/tmp/codex-otel-recording/work/new.txt", "add"],
    ]);
  });

  it("reads permissions", () => {
    const { request } = firstRequest("permissions");
    assert.ok(request.kind === "permissions");
    assert.equal(request.tool, "request_permissions");
    assert.equal(request.reason, "The build needs it");
    const { network, fileSystem } = request.permissions;
    assert.deepEqual(network, { enabled: true });
    const { write } = fileSystem as { write?: unknown };
    assert.deepEqual(write, ["/tmp/codex-otel-recording/home"]);
  });

  it("reads the question whether a tool of an MCP server may run", () => {
    const { request } = firstRequest("elicitation");
    assert.ok(request.kind === "elicitation");
    const [call] = begunItems("elicitation").filter(({ type }) => type === "mcp_tool_call");
    assert.equal(request.callId, call!.id);
    assert.equal(request.server, "forms");
    assert.equal(request.tool, "book");
    assert.equal(request.isToolApproval, true);
    assert.equal(request.needsContent, false);
    assert.deepEqual(request.arguments, {});
    assert.equal(request.message, 'Allow the forms MCP server to run tool "book"?');
  });

  it("reads a form of an MCP server, during a call of its tool", () => {
    const [, form] = serverRequestsOf("elicitation");
    const request = readApprovalRequest(form!, begunItems("elicitation"));
    assert.ok(request?.kind === "elicitation");
    assert.equal(request.isToolApproval, false);
    assert.equal(request.tool, "book");
    assert.equal(request.needsContent, true);
    assert.deepEqual(request.schema?.["required"], ["seat"]);
    assert.equal("arguments" in request, false);
  });

  it("reads a question that comes from no call, and names a page", () => {
    const params = {
      threadId: "t",
      turnId: null,
      serverName: "login",
      mode: "url",
      message: "Sign in",
      url: "https://example.org/",
      elicitationId: "e1",
    };
    assert.deepEqual(readApprovalRequest({ method: "mcpServer/elicitation/request", params }), {
      kind: "elicitation",
      callId: "e1",
      threadId: "t",
      turnId: "",
      tool: "login",
      server: "login",
      message: "Sign in",
      mode: "url",
      isToolApproval: false,
      url: "https://example.org/",
      needsContent: false,
    });
  });

  it("knows what is no request for approval", () => {
    assert.equal(readApprovalRequest({ method: "item/tool/call", params: {} }), undefined);
  });

  it("survives parameters that lack everything", () => {
    for (const name of ["command_approved", "patch_approved", "permissions", "elicitation"]) {
      const [{ method } = { method: "" }] = serverRequestsOf(name);
      const request = readApprovalRequest({ method, params: {} })!;
      assert.deepEqual([request.callId, request.threadId, request.turnId], ["", "", ""]);
    }
  });
});

/** Each was sent to the real CLI, and took effect there. */
const ANSWERED: [recording: string, verdict: ApprovalVerdict][] = [
  ["command_approved", "allow"],
  ["command_declined", "deny"],
  ["patch_approved", "allow"],
  ["patch_for_session", "allow-session"],
  ["patch_declined", "deny"],
  ["permissions", "allow"],
  ["permissions_for_session", "allow-session"],
  ["permissions_denied", "deny"],
  ["elicitation", "allow"],
  ["elicitation_for_session", "allow-session"],
  ["elicitation_declined", "deny"],
];

describe("approvalResponse()", () => {
  for (const [recording, verdict] of ANSWERED) {
    it(`answers as the CLI was answered: ${recording}`, () => {
      const { request, answer } = firstRequest(recording);
      assert.deepEqual(approvalResponse(request, verdict), answer);
    });
  }

  it("allows a command for the session", () => {
    const [, second] = serverRequestsOf("command_approved");
    assert.deepEqual(
      approvalResponse(readApprovalRequest(second!)!, "allow-session"),
      second!.answer,
    );
  });

  const form = (schema: object, meta: object | null = null) =>
    readApprovalRequest({
      method: "mcpServer/elicitation/request",
      params: { serverName: "s", mode: "form", _meta: meta, requestedSchema: schema },
    })!;

  it("declines a form whose answers it cannot give", () => {
    const request = form({ properties: { seat: { type: "string" } }, required: ["seat"] });
    assert.deepEqual(approvalResponse(request, "allow"), {
      action: "decline",
      content: null,
      _meta: null,
    });
  });

  it("fills a form in with its defaults, and keeps no form for the session", () => {
    const request = form({ properties: { seat: { default: "1A" }, meal: {} }, required: ["seat"] });
    assert.deepEqual(approvalResponse(request, "allow-session"), {
      action: "accept",
      content: { seat: "1A" },
      _meta: null,
    });
  });
});
