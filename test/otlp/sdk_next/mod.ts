/**
 * The OpenTelemetry SDK 3.x, for tests. Loaded by `require`, because a bare import means the root
 * folder's packages to Deno, and those are of the 2.x.
 */
import { createRequire } from "node:module";

type Logs = typeof import("./node_modules/@opentelemetry/sdk-logs/dist/index.mjs");
type Metrics = typeof import("./node_modules/@opentelemetry/sdk-metrics/dist/index.mjs");
type Traces = typeof import("./node_modules/@opentelemetry/sdk-trace/dist/index.mjs");

const require = createRequire(import.meta.url);

export const sdkLogs: Logs = require("@opentelemetry/sdk-logs") as Logs;
export const sdkMetrics: Metrics = require("@opentelemetry/sdk-metrics") as Metrics;
export const sdkTrace: Traces = require("@opentelemetry/sdk-trace") as Traces;
