import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Fields } from "../../../src/protocol/fields.ts";

/** A message of a recorded session. */
export interface Message {
  id?: string | number;
  method?: string;
  params?: Fields;
  result?: Fields;
  error?: Fields;
}

/** One line of a recorded session. */
export interface TranscriptLine {
  sent?: Message;
  received?: Message;
  exit?: Fields;
}

/** A line of `codex exec --json`. */
export type ExecEvent = Fields & { type: string };

/** The lines of a recording in test/fixtures. */
function readLines(name: string): unknown[] {
  const file = fileURLToPath(new URL(`../../fixtures/${name}.jsonl`, import.meta.url));
  return readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** A recorded session with the app-server. */
export function readTranscript(name: string): TranscriptLine[] {
  return readLines(`app_server/${name}`) as TranscriptLine[];
}

/** The notifications of a recorded session, in order. */
export function notificationsOf(name: string): { method: string; params: Fields }[] {
  return readTranscript(name).flatMap(({ received }) =>
    received?.method !== undefined && received.id === undefined
      ? [{ method: received.method, params: received.params ?? {} }]
      : []
  );
}

/** The requests of the server in a recorded session, each with what it was answered. */
export function serverRequestsOf(name: string): (Required<Pick<Message, "method" | "params">> & {
  answer: Fields | undefined;
})[] {
  const lines = readTranscript(name);
  return lines.flatMap(({ received }) => {
    if (received?.method === undefined || received.id === undefined) return [];
    const answer = lines.find(({ sent }) => sent?.id === received.id && sent?.result)?.sent;
    return [{ method: received.method, params: received.params ?? {}, answer: answer?.result }];
  });
}

/** What `codex exec` printed for the same script of the model. */
export function execEventsOf(name: string): ExecEvent[] {
  return readLines(name) as ExecEvent[];
}
