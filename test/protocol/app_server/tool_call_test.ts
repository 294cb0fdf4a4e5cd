import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readToolCall, toolCallResponse } from "../../../src/protocol/app_server/tool_call.ts";
import { serverRequestsOf } from "./transcripts.ts";

describe("readToolCall()", () => {
  it("reads a call", () => {
    const [request] = serverRequestsOf("dynamic_tool");
    const call = readToolCall(request!.params)!;
    assert.equal(call.tool, "lookup_ticket");
    assert.deepEqual(call.arguments, { id: "ABC-1" });
    assert.match(call.callId, /^call_/);
    assert.match(call.turnId, /^[0-9a-f-]{36}$/);
  });

  it("knows no call without a tool", () => {
    assert.equal(readToolCall({ callId: "c" }), undefined);
  });
});

describe("toolCallResponse()", () => {
  it("answers as the CLI was answered", () => {
    const [good, bad] = serverRequestsOf("dynamic_tool");
    assert.deepEqual(
      toolCallResponse({
        success: true,
        content: [{ type: "text", text: "Ticket ABC-1 is open." }],
      }),
      good!.answer,
    );
    assert.deepEqual(
      toolCallResponse({
        success: false,
        content: [{ type: "text", text: "id must be a string" }],
      }),
      bad!.answer,
    );
  });

  it("answers with images", () => {
    const imageUrl = "data:image/png;base64,AA==";
    assert.deepEqual(toolCallResponse({ success: true, content: [{ type: "image", imageUrl }] }), {
      contentItems: [{ type: "inputImage", imageUrl }],
      success: true,
    });
  });
});
