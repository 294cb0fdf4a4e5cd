import { serveLoopback } from "../runtime/http_server.ts";
import type { LoopbackOutcome, LoopbackRequest, LoopbackServer } from "../runtime/http_server.ts";
import { Changes } from "./changes.ts";
import type { WaitOptions } from "./changes.ts";
import { createCodexHome } from "./codex_home.ts";
import type { CodexHome } from "./codex_home.ts";
import { reply as makeReply } from "./model_reply.ts";
import type { ModelReply } from "./model_reply.ts";
import { encodeStreamEvent, streamEvents } from "./responses_stream.ts";

/** A request that the scripted model was asked to answer. */
export interface ModelRequest {
  /** Names in lower case; the CLI's `traceparent` is here. */
  headers: Record<string, string>;
  /** The request as parsed JSON: `model`, `instructions`, `input`, `tools`, … */
  body: Record<string, unknown>;
}

/** One answer; a string is a message that ends the turn. */
export type ModelStep = string | ModelReply;

/** Answers in order of the requests, or a function that decides; `index` counts from 0. */
export type ModelScript =
  | readonly ModelStep[]
  | ((request: ModelRequest, index: number) => ModelStep | Promise<ModelStep>);

/** The part of `CodexOptions` that sends the real CLI to a scripted model. */
export interface ScriptedCodexOptions {
  /** The whole environment of the CLI. */
  env: Record<string, string>;
}

/** The CLI shows the text of an error with this status; that of a 500 it replaces by words of its own. */
const NOT_IN_SCRIPT = 501;

const SSE_HEADERS = { "content-type": "text/event-stream" };

/** A Responses API on loopback that answers by a script. Made by {@linkcode scriptedModel}. */
export class ScriptedModel {
  /** What the model was asked, in order. */
  readonly requests: ModelRequest[] = [];
  /** Requests that the script had no answer for, or failed on: a sentence each. */
  readonly problems: string[] = [];
  readonly #script: ModelScript;
  readonly #changes = new Changes();
  #server: LoopbackServer | undefined;
  #home: CodexHome | undefined;

  /** Use {@linkcode scriptedModel}, which also starts it. */
  constructor(script: ModelScript) {
    this.#script = script;
  }

  /** Starts the server. */
  async start(): Promise<void> {
    this.#server = await serveLoopback((request) => this.#serve(request));
  }

  /** Base URL, such as `http://127.0.0.1:40123`; the API is under `/v1`. */
  get url(): string {
    return this.#server?.url ?? "";
  }

  /**
   * What to give to `new Codex()` so that the real CLI talks to this model: an environment with a
   * temporary `CODEX_HOME`, whose `config.toml` names this model and turns retries off. `close()`
   * removes the folder.
   */
  codexOptions(options: { env?: Record<string, string> } = {}): ScriptedCodexOptions {
    this.#home ??= createCodexHome(this.url);
    return { env: { ...this.#home.env, ...options.env } };
  }

  /** The temporary `CODEX_HOME`, once `codexOptions()` has made it. */
  get codexHome(): string | undefined {
    return this.#home?.path;
  }

  /**
   * Resolves when so many requests have come.
   * @throws {CodexError} `timeout`
   */
  async waitForRequests(count: number, options: WaitOptions = {}): Promise<ModelRequest[]> {
    const probe = () => this.requests.length >= count ? this.requests : undefined;
    return await this.#changes.until(probe, {
      ...options,
      describe: () => `${this.requests.length} of ${count} requests came to the scripted model`,
    });
  }

  /** Stops the server and removes the temporary `CODEX_HOME`. Idempotent. */
  async close(): Promise<void> {
    await this.#server?.close();
    this.#home?.remove();
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(request: LoopbackRequest): Promise<LoopbackOutcome> {
    if (request.method !== "POST" || !request.path.startsWith("/v1/responses")) {
      // The CLI also asks for models and the like; an empty answer contents it.
      return jsonResponse(200, { data: [], models: [] });
    }
    const asked = { headers: request.headers, body: parseBody(request.body) };
    const index = this.requests.push(asked) - 1;
    this.#changes.announce();
    return await this.#answer(asked, index);
  }

  async #answer(request: ModelRequest, index: number): Promise<LoopbackOutcome> {
    try {
      const step = await this.#step(request, index);
      return toResponse(typeof step === "string" ? makeReply.message(step) : step, index);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.problems.push(message);
      return jsonResponse(NOT_IN_SCRIPT, { error: { message } });
    }
  }

  #step(request: ModelRequest, index: number): ModelStep | Promise<ModelStep> {
    if (typeof this.#script === "function") return this.#script(request, index);
    const step = this.#script[index];
    if (step !== undefined) return step;
    throw new RangeError(
      `scriptedModel(): request ${
        index + 1
      } came, but the script ends after ${this.#script.length}`,
    );
  }
}

function parseBody(body: Uint8Array): Record<string, unknown> {
  const value: unknown = JSON.parse(new TextDecoder().decode(body));
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

const jsonResponse = (status: number, value: unknown): LoopbackOutcome => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

async function toResponse(reply: ModelReply, index: number): Promise<LoopbackOutcome> {
  if (reply.delayMs) await new Promise((resolve) => setTimeout(resolve, reply.delayMs));
  if (reply.type === "http") {
    const { status, headers = {}, body = "" } = reply;
    return { status, headers, body };
  }
  const events = streamEvents(reply, `resp_${index + 1}`);
  return { headers: SSE_HEADERS, body: streamBody(events.map(encodeStreamEvent), reply.type) };
}

async function* streamBody(chunks: string[], type: ModelReply["type"]): AsyncIterable<string> {
  for (const chunk of chunks) {
    yield chunk;
    // A turn of the event loop, so that what came before a cut has left the process.
    await new Promise((resolve) => setTimeout(resolve));
  }
  if (type === "cut") throw new Error("the script cuts the connection here");
}

/**
 * Starts a model on loopback that answers by a script, so that the real Codex CLI runs without an
 * account, a network or chance. It serves what the CLI asks of the OpenAI Responses API
 * (observed with codex-cli 0.169.0). When the script runs out, a request is answered with status
 * 501 and noted in `problems`.
 *
 * @example A turn of the real CLI that runs a command
 * ```ts
 * import { Codex } from "@codex-otel/sdk";
 * import { reply, scriptedModel } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 *
 * const model = await scriptedModel([reply.command("echo hello"), "The command said hello."]);
 * const codex = new Codex(model.codexOptions());
 * const turn = await codex.startThread({ skipGitRepoCheck: true }).run("Say hello");
 * assert.equal(turn.finalResponse, "The command said hello.");
 * assert.equal(model.requests.length, 2);
 * await model.close();
 * ```
 */
export async function scriptedModel(script: ModelScript): Promise<ScriptedModel> {
  const model = new ScriptedModel(script);
  await model.start();
  return model;
}
