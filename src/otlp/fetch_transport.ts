import { isCodexError } from "../errors.ts";
import { parseRetryAfter, redirectTarget, statusVerdict } from "./classify.ts";
import type { Clock } from "./clock.ts";
import { displayUrl } from "./endpoint.ts";
import { errorTexts } from "./error_texts.ts";
import type { HeaderSource } from "./header_source.ts";
import type { HeaderRecord } from "./options.ts";
import type { FailureReason } from "./observer.ts";
import type { Fetch, FetchResponse } from "./ports.ts";
import { errorMessage, parsePartialSuccess, readBounded } from "./response_body.ts";
import { scrubber } from "./scrub.ts";
import type { Payload, SendResult } from "./send_result.ts";
import type { Signal } from "./signal.ts";

const MAX_REDIRECTS = 3;
const ALL_ACCEPTED: SendResult = { kind: "accepted", rejected: 0 };

/** What a {@linkcode FetchTransport} needs. */
export interface FetchTransportOptions {
  url: string;
  signal: Signal;
  headers: HeaderSource;
  fixedHeaders: HeaderRecord;
  timeoutMs: number;
  /** Gives the `fetch` for the next request. May reject with a `CodexError` about TLS. */
  connect: () => Fetch | Promise<Fetch>;
  clock: Clock;
  /** Values beside the headers' that must not be shown. */
  secrets: readonly string[];
}

/** One body to post. */
export interface Attempt {
  payload: Payload;
  /** Items in it. */
  count: number;
  abort: AbortSignal;
}

/** How far a request has come. */
interface Progress {
  /** The user's function for headers has not answered yet. */
  asking?: boolean;
  /** The user's headers that were sent. */
  headers?: HeaderRecord;
  /** The collector has said yes; what breaks after that loses no data. */
  accepted?: boolean;
}

interface Answer {
  response: FetchResponse;
  body: string | undefined;
}

interface Exchange {
  attempt: Attempt;
  progress: Progress;
  abort: AbortSignal;
}

/** Posts one body with `fetch` and says what became of it. Never rejects. */
export class FetchTransport {
  readonly #options: FetchTransportOptions;
  readonly #scrub: (text: string) => string;

  constructor(options: FetchTransportOptions) {
    this.#options = options;
    this.#scrub = scrubber(() => [...options.headers.secrets, ...options.secrets]);
  }

  /** Posts once, and once more after a 401 or 403 when there may be better headers. */
  async send(attempt: Attempt): Promise<SendResult> {
    const { headers } = this.#options;
    const progress: Progress = {};
    const result = await this.#post(attempt, progress);
    const unauthorized = "status" in result && (result.status === 401 || result.status === 403);
    if (!unauthorized || !headers.renewable || !progress.headers) return result;
    headers.refuse(progress.headers);
    return await this.#post(attempt, {});
  }

  /** One exchange within the timeout. A race, because what is injected may not hear the signal. */
  #post(attempt: Attempt, progress: Progress): Promise<SendResult> {
    const { clock, timeoutMs, headers } = this.#options;
    return new Promise((resolve) => {
      const abort = new AbortController();
      const end = (result: SendResult) => {
        timer.cancel();
        attempt.abort.removeEventListener("abort", stop);
        resolve(result);
      };
      const cut = (reason: FailureReason, message: string) => {
        end(progress.accepted ? ALL_ACCEPTED : retry(reason, message));
        abort.abort();
      };
      const stop = () => cut("connection", "The request was given up before the answer came.");
      const late = () => {
        if (!progress.asking) return cut("timeout", `No answer within ${timeoutMs} ms.`);
        headers.giveUp();
        cut("headers", `The function that gives the headers took longer than ${timeoutMs} ms.`);
      };
      const timer = clock.setTimer(late, { delayMs: timeoutMs, background: true });
      attempt.abort.addEventListener("abort", stop);
      if (attempt.abort.aborted) return stop();
      this.#exchange({ attempt, progress, abort: abort.signal })
        .then(end, async (error) => end(await this.#noAnswer(error)));
    });
  }

  async #exchange({ attempt, progress, abort }: Exchange): Promise<SendResult> {
    const fetch = await this.#options.connect();
    try {
      progress.asking = true;
      progress.headers = await this.#options.headers.get();
      progress.asking = false;
    } catch {
      return retry("headers", "The function that gives the headers failed.");
    }
    let url = this.#options.url;
    for (let redirects = 0;; redirects++) {
      // Given up meanwhile, the body is with another attempt; what is injected may not look.
      abort.throwIfAborted();
      const response = await fetch(url, {
        method: "POST",
        headers: this.#headers(progress.headers, attempt.payload),
        body: attempt.payload.bytes,
        redirect: "manual",
        signal: abort,
      });
      progress.accepted = statusVerdict(response.status) === "accepted";
      const location = response.headers.get("location");
      const target = redirectTarget(response.status, { from: url, location });
      const body = await readBounded(response);
      if (target === undefined || redirects === MAX_REDIRECTS) {
        return this.#judge({ response, body }, attempt.count);
      }
      url = target;
    }
  }

  #headers(headers: HeaderRecord, payload: Payload): HeaderRecord {
    return {
      ...this.#options.fixedHeaders,
      ...headers,
      "content-type": "application/json",
      ...(payload.gzip ? { "content-encoding": "gzip" } : {}),
    };
  }

  #judge({ response, body }: Answer, count: number): SendResult {
    const { status } = response;
    const { signal, clock } = this.#options;
    const verdict = statusVerdict(status);
    if (verdict === "accepted") {
      const { rejected, message } = parsePartialSuccess(body, { signal, count });
      return { kind: "accepted", rejected, ...(message ? { message: this.#scrub(message) } : {}) };
    }
    const said = this.#scrub(errorMessage(body));
    const message = `The collector answered ${status}${said ? `: ${said}` : "."}`;
    if (verdict === "retry") {
      const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), clock.now());
      const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
      return { kind: "retry", reason: "http_status", message, status, ...wait };
    }
    const reason = verdict === "redirect" ? "redirect" : "http_status";
    return { kind: "refused", reason, message, status };
  }

  async #noAnswer(error: unknown): Promise<SendResult> {
    const target = displayUrl(this.#options.url);
    const own = ownReason(error);
    const texts = own ? messageOf(error) : [...new Set(errorTexts(error))].join("; ");
    const reason = own ?? await this.#tlsFailure(error) ?? "connection";
    return retry(reason, this.#scrub(`No answer from ${target}: ${texts || "unknown failure"}`));
  }

  /** Loaded where there is TLS, when there is a failure. */
  async #tlsFailure(error: unknown): Promise<FailureReason | undefined> {
    if (!this.#options.url.startsWith("https:")) return undefined;
    return (await import("./tls_failure.ts")).tlsFailure(error);
  }
}

function retry(reason: FailureReason, message: string): SendResult {
  return { kind: "retry", reason, message };
}

/** The code of an error of this package, where it is a reason. */
function ownReason(error: unknown): FailureReason | undefined {
  if (!isCodexError(error)) return undefined;
  const { code } = error;
  return code === "unsupported" || code.startsWith("tls_") ? code as FailureReason : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown failure";
}
