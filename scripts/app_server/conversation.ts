import type { RpcMessage, Session } from "./session.ts";

/** One thread in a session. */
export class Conversation {
  readonly #session: Session;
  readonly #threadId: string;

  /** A thread that the session has started or resumed. */
  constructor(session: Session, threadId: string) {
    this.#session = session;
    this.#threadId = threadId;
  }

  /** Runs a turn to its end. */
  async run(text: string, params: Record<string, unknown> = {}): Promise<void> {
    const input = [{ type: "text", text, text_elements: [] }];
    const { turn } = await this.request("turn/start", { input, ...params });
    await this.turnEnd((turn as { id: string }).id);
  }

  /** Waits until a turn is over, and for what the server says right after it. */
  async turnEnd(turnId: unknown): Promise<void> {
    await this.waitFor(({ method, params }) =>
      method === "turn/completed" && (params?.["turn"] as { id: string }).id === turnId
    );
  }

  /** Sends a request about the thread. */
  request(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return this.#session.request(method, { threadId: this.#threadId, ...params });
  }

  /** Sends a request about the thread that the server may refuse. */
  response(method: string, params: Record<string, unknown> = {}): Promise<RpcMessage> {
    return this.#session.response(method, { threadId: this.#threadId, ...params });
  }

  /** Waits for a message of the server. */
  waitFor(test: (message: RpcMessage) => boolean): Promise<RpcMessage> {
    return this.#session.waitFor(test);
  }
}
