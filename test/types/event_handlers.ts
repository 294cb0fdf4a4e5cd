// Compiled, never run: each line that must not compile carries @ts-expect-error.
import { EventBus } from "../../src/events/bus.ts";
import { EVENT_NAMES, type TelemetryEvent } from "../../src/events/catalogue.ts";
import type { TelemetrySink } from "../../src/events/sink.ts";

/** Compiles only where both types are the same. */
function same<A, B>(_equal: [A] extends [B] ? [B] extends [A] ? true : false : false): void {}

const bus = new EventBus();

bus.attach("one", "codex.thread.stop", (event) => {
  same<typeof event, TelemetryEvent<"codex.thread.stop">>(true);
  same<typeof event.measurements.duration_ms, number>(true);
  same<typeof event.metadata.result, "ok" | "error" | "early_exit">(true);
  // @ts-expect-error: a stop has no reason
  event.metadata.reason;
  // @ts-expect-error: an event is read only
  event.name = "codex.thread.stop";
});

bus.attachMany("two", ["codex.tool.failure", "codex.rate_limit.updated"], (event) => {
  if (event.name === "codex.tool.failure") {
    same<typeof event.metadata.exit_code, number | undefined>(true);
  } else {
    same<typeof event, TelemetryEvent<"codex.rate_limit.updated">>(true);
  }
});

bus.attachMany("mixed", ["codex.tool.start", "app.cache.hit"], (event) => {
  if (event.name === "app.cache.hit") same<(typeof event.metadata)["key"], unknown>(true);
  else same<typeof event.metadata.tool, string>(true);
});

bus.attachMany("all", EVENT_NAMES, (event) => same<typeof event, TelemetryEvent>(true));

bus.attach("async", "codex.tool.start", async (event) => {
  await Promise.resolve(event.metadata.call_id);
});

bus.emit("codex.attachment.cleaned", { count: 1, bytes: 2 }, {});
bus.emit("codex.attachment.cleaned", { count: 1, bytes: 2 }, { originator: "sdk" });
bus.emit("app.cache.hit");
bus.emit("app.cache.hit", { size: 1 }, { key: "k" });
bus.emit(`app.${String(1)}`);
// @ts-expect-error: a payload of the catalogue is checked
bus.emit("codex.attachment.cleaned", { count: "one", bytes: 2 }, {});
// @ts-expect-error: a payload of the catalogue cannot be left out
bus.emit("codex.attachment.cleaned");
// @ts-expect-error: a field that the catalogue requires is missing
bus.emit("codex.tool.start", { system_time: 1 }, { span_token: "t", tool: "x" });

same<number, ReturnType<typeof bus.span<number>>>(true);
const later: Promise<string> = bus.span("app.job", {}, () => Promise.resolve("done"));
const sink: TelemetrySink = bus;
export { later, sink };
