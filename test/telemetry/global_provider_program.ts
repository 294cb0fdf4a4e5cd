/** Sends one run to the providers that the runtime has registered by itself. */
import { createTelemetry } from "../../src/telemetry/instance.ts";
import { wholeRun } from "./whole_run.ts";

const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
const signals = ["traces", "metrics"] as const;
await telemetry.configure({ enabled: true, useGlobal: true, signals, strict: true });
wholeRun(telemetry);
await telemetry.shutdown();
