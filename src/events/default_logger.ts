/**
 * A ready-made handler that writes a line for what happens.
 * @module
 */
import type { EventBus } from "./bus.ts";
import { formatJson, formatText, type LogFormat } from "./log_format.ts";
import { LOG_LEVELS, LOGGED_EVENTS, type LoggedEvent, type LogLevel } from "./log_lines.ts";
import { logLevelOf, logLineOf } from "./log_lines.ts";

/** Where lines go: `console`, or anything with these four methods. */
export type Logger = Readonly<Record<LogLevel, (line: string) => unknown>>;

/** What `attachDefaultLogger` may be given. */
export interface DefaultLoggerOptions {
  /** Id of the handler; `"codex-default-logger"` by default. */
  id?: string;
  /**
   * The least important level to write; `"info"` by default: starts and ends of runs, and
   * what the CLI warns of. `"debug"` adds tools, approvals, token usage, diffs and compaction.
   */
  level?: LogLevel;
  /** `"text"` by default. */
  format?: LogFormat;
  /** The console by default. */
  logger?: Logger;
  /** Shows what people and the agent wrote, which otherwise appears by its length only. */
  content?: boolean;
}

/**
 * Attaches the default logger and gives the id to detach it by.
 * @throws {CodexError} `handler_exists` when the id is taken.
 */
export function attachDefaultLogger(bus: EventBus, options: DefaultLoggerOptions = {}): string {
  checkOptions(options);
  const { id = "codex-default-logger", level = "info", format = "text" } = options;
  const logger = options.logger ?? console;
  const least = LOG_LEVELS.indexOf(level);
  const names = level === "debug" ? LOGGED_EVENTS : LOGGED_EVENTS.slice(0, 4);
  bus.attachMany(id, names, (event: LoggedEvent) => {
    if (LOG_LEVELS.indexOf(logLevelOf(event)) < least) return;
    const line = logLineOf(event, options.content === true);
    const timeMs = event.measurements.system_time;
    logger[line.level](
      format === "json" ? formatJson(line, event.name, timeMs) : formatText(line),
    );
  });
  return id;
}

function checkOptions({ level, format, logger }: DefaultLoggerOptions): void {
  if (level !== undefined && !LOG_LEVELS.includes(level)) {
    throw new TypeError(`The default logger's level must be one of ${LOG_LEVELS.join(", ")}.`);
  }
  if (format !== undefined && format !== "text" && format !== "json") {
    throw new TypeError(`The default logger's format must be "text" or "json".`);
  }
  if (logger && LOG_LEVELS.some((name) => typeof logger[name] !== "function")) {
    throw new TypeError(`A logger must have the methods ${LOG_LEVELS.join(", ")}.`);
  }
}
