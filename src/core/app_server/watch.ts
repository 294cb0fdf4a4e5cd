/**
 * Notices that a remote server is gone when nobody tells.
 * @module
 */
import { CodexError } from "../../errors.ts";
import { delay } from "../delay.ts";
import type { AppServerConnection } from "./connection.ts";

/** How often the server is asked for a sign of life while it is in use. */
const PING_INTERVAL_MS = 15_000;

/** How long it may take to give one. */
const PING_TIMEOUT_MS = 30_000;

/**
 * A request that changes nothing; the API of WebSockets has no pings. Refusing it is an answer, too.
 */
const PING_METHOD = "thread/loaded/list";

/** How often a server is asked, and how long it may take to answer. */
export interface WatchIntervals {
  /** 15 seconds by default. */
  intervalMs?: number;
  /** 30 seconds by default. */
  timeoutMs?: number;
}

/** Asks a connection for signs of life while it is in use, and closes it when none comes. */
export function startWatch(
  connection: AppServerConnection,
  place: string,
  intervals: WatchIntervals = {},
): void {
  const { intervalMs = PING_INTERVAL_MS, timeoutMs = PING_TIMEOUT_MS } = intervals;
  let isAsking = false;
  const timer = setInterval(async () => {
    if (isAsking || !isBusy(connection)) return;
    isAsking = true;
    if (!await answers(connection, timeoutMs)) await connection.close(silent(place, timeoutMs));
    isAsking = false;
  }, intervalMs);
  // An idle connection is no reason for a program to go on. (A number in browsers and workers.)
  (timer as { unref?: () => void }).unref?.();
  void connection.ended.then(() => clearInterval(timer));
}

/** A new thread has no turn yet while it is being started. */
function isBusy(connection: AppServerConnection): boolean {
  return connection.turnCount > 0 || connection.pendingCount > 0;
}

async function answers(connection: AppServerConnection, timeoutMs: number): Promise<boolean> {
  const timer = new AbortController();
  const asked = connection.request(PING_METHOD, {}, { signal: timer.signal })
    .then(() => true, () => !timer.signal.aborted);
  const late = delay(timeoutMs, timer.signal).then(() => false);
  const hasAnswered = await Promise.race([asked, late]);
  timer.abort();
  return hasAnswered;
}

function silent(place: string, timeoutMs: number): CodexError<"connection_lost"> {
  return new CodexError(
    "connection_lost",
    `The app-server at ${place} gave no sign of life for ${timeoutMs} ms.`,
    { details: {} },
  );
}
