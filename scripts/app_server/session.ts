/**
 * A bare session with `codex app-server` that keeps every line of both directions.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A message of JSON-RPC as the app-server writes it. */
export interface RpcMessage {
  id?: string | number;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: unknown;
}

/** One line of a transcript. */
export type TranscriptLine =
  | { sent: RpcMessage }
  | { received: RpcMessage }
  | { exit: { code: number | null; signal: string | null } };

/** Answers a request of the server; undefined leaves it unanswered. */
export type Answer = (request: RpcMessage) => unknown;

/** How to start a session. */
export interface SessionOptions {
  cli: string;
  args?: readonly string[];
  cwd: string;
  env: Record<string, string>;
  answer?: Answer;
}

const LIMIT_MS = 30_000;

/** One process of the app-server. */
export class Session {
  /** Both directions, in order. */
  readonly transcript: TranscriptLine[] = [];
  /** What the process wrote on standard error. */
  stderr = "";
  readonly #child: ChildProcess;
  readonly #answer: Answer;
  readonly #waiting = new Set<() => void>();
  readonly #exit: Promise<void>;
  #lastId = 0;

  /** Starts the process. */
  constructor(options: SessionOptions) {
    this.#answer = options.answer ?? (() => undefined);
    this.#child = spawn(options.cli, ["app-server", ...(options.args ?? [])], {
      cwd: options.cwd,
      env: options.env,
    });
    this.#child.stderr?.on("data", (chunk) => this.stderr += String(chunk));
    createInterface({ input: this.#child.stdout! }).on("line", (line) => this.#receive(line));
    this.#exit = new Promise((resolve) => {
      this.#child.on("close", (code, signal) => {
        this.transcript.push({ exit: { code, signal } });
        this.#announce();
        resolve();
      });
    });
  }

  /** The messages from the server so far. */
  get received(): RpcMessage[] {
    return this.transcript.flatMap((line) => "received" in line ? [line.received] : []);
  }

  /** Sends a request and waits for its response. */
  async request(method: string, params: unknown = {}): Promise<Record<string, unknown>> {
    const response = await this.response(method, params);
    if (response.error) throw new Error(`${method}: ${JSON.stringify(response.error)}`);
    return response.result as Record<string, unknown>;
  }

  /** Sends a request and waits for its response, which may be an error. */
  async response(method: string, params: unknown = {}): Promise<RpcMessage> {
    const id = ++this.#lastId;
    this.#send({ id, method, params: params as Record<string, unknown> });
    return await this.waitFor((message) => message.id === id && message.method === undefined);
  }

  /** Sends a notification. */
  notify(method: string): void {
    this.#send({ method });
  }

  /** Resolves with the first message from the server, past or to come, for which a test holds. */
  async waitFor(test: (message: RpcMessage) => boolean): Promise<RpcMessage> {
    const deadline = Date.now() + LIMIT_MS;
    for (;;) {
      const found = this.received.find(test);
      if (found) return found;
      if (this.#hasExited) throw new Error(`the app-server has exited: ${this.stderr}`);
      await this.#change(deadline - Date.now());
    }
  }

  /** Closes standard input and waits for the process to end. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    await this.#exit;
  }

  /** Kills this process. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  get #hasExited(): boolean {
    return this.transcript.some((line) => "exit" in line);
  }

  #send(message: RpcMessage): void {
    this.transcript.push({ sent: message });
    this.#child.stdin?.write(JSON.stringify(message) + "\n");
  }

  #receive(line: string): void {
    const message = JSON.parse(line) as RpcMessage;
    this.transcript.push({ received: message });
    if (message.method !== undefined && message.id !== undefined) {
      const result = this.#answer(message);
      if (result !== undefined) this.#send({ id: message.id, result });
    }
    this.#announce();
  }

  #announce(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  async #change(limitMs: number): Promise<void> {
    if (limitMs <= 0) throw new Error(`waited ${LIMIT_MS} ms in vain`);
    let wake = () => {};
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      this.#waiting.add(wake);
      timer = setTimeout(resolve, limitMs);
    });
    clearTimeout(timer);
    this.#waiting.delete(wake);
  }
}
