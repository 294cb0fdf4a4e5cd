/**
 * Helpers for the tests of programs that use this package: a stand-in for the Codex CLI, a model
 * that answers by a script, a collector that keeps what it gets, and a capture of telemetry
 * events. They work under Node, Bun and Deno, on Linux and macOS; all but `catFixture()` are
 * expected to work on Windows, where they are not tested.
 *
 * @module
 */
export { captureEvents, EventCapture } from "./capture_events.ts";
export type { CapturableTelemetry, WaitForEventOptions } from "./capture_events.ts";
export { catFixture } from "./cat_fixture.ts";
export type { CatFixture, CatFixtureOptions, FixtureRun } from "./cat_fixture.ts";
export type { WaitOptions } from "./changes.ts";
export { DEFAULT_REPLY_USAGE, reply } from "./model_reply.ts";
export type {
  CommandReplyOptions,
  CutReply,
  FailedReply,
  HttpReply,
  ModelOutputItem,
  ModelReply,
  OutputReply,
  ReplyMakers,
  ReplyOptions,
  ToolReplyOptions,
} from "./model_reply.ts";
export { OtlpReceiver, otlpReceiver } from "./otlp_receiver.ts";
export type { OtlpFault, OtlpReceiverOptions, OtlpRequest, OtlpResponse } from "./otlp_receiver.ts";
export type {
  ReceivedAttributes,
  ReceivedDataPoint,
  ReceivedLog,
  ReceivedMetric,
  ReceivedOrigin,
  ReceivedScope,
  ReceivedSpan,
  ReceivedSpanEvent,
  ReceivedSpanLink,
} from "./otlp_records.ts";
export { ScriptedModel, scriptedModel } from "./scripted_model.ts";
export type {
  ModelRequest,
  ModelScript,
  ModelStep,
  ScriptedCodexOptions,
} from "./scripted_model.ts";
export type { LoopbackTls } from "../runtime/http_server.ts";
