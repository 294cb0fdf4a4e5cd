import { type Context, diag } from "@opentelemetry/api";
import type { TelemetryEvent } from "../../events/catalogue.ts";
import type { SpanReference } from "../../events/sink.ts";
import { contentOfRun, type ContentSettings } from "../content.ts";
import type { LoggerProviderLike } from "../options.ts";
import { LOG_EVENTS, logRecordOf, type LogRules } from "./log_record.ts";

/** What log records are made with. */
export interface LogSubscriberOptions extends LogRules {
  logger: ReturnType<LoggerProviderLike["getLogger"]>;
  /** The context of the span that an event belongs to, where there are spans. */
  contextOf: (span: SpanReference) => Context | undefined;
}

/** Writes a log record for each event. Never throws. */
export class LogSubscriber {
  /** The events that it wants to hear of. */
  readonly events: typeof LOG_EVENTS = LOG_EVENTS;
  readonly #options: LogSubscriberOptions;
  /** The switches of runs that have their own, by `span_token`. */
  readonly #content = new Map<string, ContentSettings>();

  /** Creates one for a logger. */
  constructor(options: LogSubscriberOptions) {
    this.#options = options;
  }

  /** Takes an event of the bus. */
  readonly handle = (event: TelemetryEvent): void => {
    try {
      this.#handle(event);
    } catch (error) {
      diag.error(`codex-otel: ${event.name} could not be logged`, error);
    }
  };

  #handle(event: TelemetryEvent): void {
    const { logger, contextOf, redact } = this.#options;
    const { span_token = "", call_id }: { span_token?: string; call_id?: string } = event.metadata;
    const span = call_id === undefined ? { span_token } : { span_token, call_id };
    const record = logRecordOf(event, { content: this.#contentOf(event, span), redact });
    const context = contextOf(span);
    if (context) record.context = context;
    logger.emit(record);
  }

  #contentOf(event: TelemetryEvent, { span_token }: SpanReference): ContentSettings {
    if (event.name === "codex.thread.start" && event.metadata.trace_sensitive !== undefined) {
      const own = contentOfRun(this.#options.content, event.metadata.trace_sensitive);
      this.#content.set(span_token, own);
    }
    const content = this.#content.get(span_token) ?? this.#options.content;
    if (event.name === "codex.thread.stop" || event.name === "codex.thread.exception") {
      this.#content.delete(span_token);
    }
    return content;
  }
}
