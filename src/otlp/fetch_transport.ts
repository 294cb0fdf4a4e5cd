import { isCodexError } from "../errors.ts";
import { parseRetryAfter, redirectTarget, statusVerdict } from "./classify.ts";
import type { Clock, Timer } from "./clock.ts";
import { displayUrl } from "./endpoint.ts";
import type { HeaderSource } from "./header_source.ts";
import type { HeaderRecord } from "./options.ts";
import type { FailureReason } from "./observer.ts";
import type { Fetch } from "./ports.ts";
import { errorMessage, parsePartialSuccess, readBounded } from "./response_body.ts";
import { scrubber } from "./scrub.ts";
import type { Payload, SendResult } from "./send_result.ts";
import type { Signal } from "./signal.ts";
import { errorTexts, tlsFailure } from "./tls_failure.ts";

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

interface Means {
  fetch: Fetch;
  headers: HeaderRecord;
}

/** How far a request has come. */
interface Progress {
  /** The collector has said yes; what breaks after that loses no data. */
  accepted?: boolean;
}

interface Exchange {
  attempt: Attempt;
  means: Means;
  progress: Progress;
  abort: AbortSignal;
}

interface Answer {
  response: Response;
  body: string | undefined;
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
    for (let tries = 1;; tries++) {
      let used: HeaderRecord;
      let fetch: Fetch;
      try {
        fetch = await this.#options.connect();
      } catch (error) {
        return this.#noConnection(error);
      }
      try {
        used = await headers.get();
      } catch {
        return retry("headers", "The function that gives the headers failed.");
      }
      const result = await this.#post(attempt, { headers: used, fetch });
      const unauthorized = "status" in result && (result.status === 401 || result.status === 403);
      if (!unauthorized || !headers.renewable || tries > 1) return result;
      headers.refuse(used);
    }
  }

  async #post(attempt: Attempt, means: Means): Promise<SendResult> {
    const { clock, timeoutMs } = this.#options;
    const abort = new AbortController();
    const progress: Progress = {};
    let timer: Timer | undefined;
    let stop = (): void => {};
    // A race, because an injected fetch may not listen to the signal.
    const cut = new Promise<SendResult>((resolve) => {
      const end = (result: SendResult) => resolve(progress.accepted ? ALL_ACCEPTED : result);
      const late = () => end(retry("timeout", `No answer within ${timeoutMs} ms.`));
      timer = clock.setTimer(late, { delayMs: timeoutMs, background: true });
      stop = () => end(retry("connection", "The exporter was shut down before the answer came."));
    });
    attempt.abort.addEventListener("abort", stop);
    if (attempt.abort.aborted) stop();
    try {
      const answered = this.#request({ attempt, means, progress, abort: abort.signal })
        .then((answer) => this.#judge(answer, attempt.count), (error) => this.#noAnswer(error));
      return await Promise.race([answered, cut]);
    } finally {
      abort.abort();
      timer?.cancel();
      attempt.abort.removeEventListener("abort", stop);
    }
  }

  async #request({ attempt, means, progress, abort }: Exchange): Promise<Answer> {
    let url = this.#options.url;
    for (let redirects = 0;; redirects++) {
      const response = await means.fetch(url, {
        method: "POST",
        headers: this.#headers(means.headers, attempt.payload),
        body: attempt.payload.bytes,
        redirect: "manual",
        signal: abort,
      });
      progress.accepted = statusVerdict(response.status) === "accepted";
      const location = response.headers.get("location");
      const target = redirectTarget(response.status, { from: url, location });
      const body = await readBounded(response);
      if (target === undefined || redirects === MAX_REDIRECTS) return { response, body };
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

  #noConnection(error: unknown): SendResult {
    return retry(ownReason(error) ?? "connection", this.#scrub(messageOf(error)));
  }

  #noAnswer(error: unknown): SendResult {
    const target = displayUrl(this.#options.url);
    const own = ownReason(error);
    const texts = own ? messageOf(error) : [...new Set(errorTexts(error))].join("; ");
    const reason = own ?? tlsFailure(error) ?? "connection";
    return retry(reason, this.#scrub(`No answer from ${target}: ${texts || "unknown failure"}`));
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
