import { CodexError } from "../errors.ts";

/** How long to wait for something. */
export interface WaitOptions {
  /** 10 000 by default. */
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** Lets callers wait until something that grows has grown enough. */
export class Changes {
  readonly #checks = new Set<() => void>();

  /** To be called after every change. */
  announce(): void {
    for (const check of [...this.#checks]) check();
  }

  /**
   * Resolves with the first value of `probe` that is not undefined, at once or after a change.
   * @throws {CodexError} `timeout`, with a message that begins with what `describe` says.
   */
  async until<T>(
    probe: () => T | undefined,
    options: WaitOptions & { describe: () => string },
  ): Promise<T> {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    let check = () => {};
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settled = new Promise<T>((resolve, reject) => {
      check = () => attempt(probe, { resolve, reject });
      timer = setTimeout(() => reject(timedOut(options.describe(), timeoutMs)), timeoutMs);
    });
    this.#checks.add(check);
    check();
    try {
      return await settled;
    } finally {
      clearTimeout(timer);
      this.#checks.delete(check);
    }
  }
}

function attempt<T>(
  probe: () => T | undefined,
  settle: { resolve: (value: T) => void; reject: (reason: unknown) => void },
): void {
  try {
    const value = probe();
    if (value !== undefined) settle.resolve(value);
  } catch (error) {
    settle.reject(error);
  }
}

function timedOut(what: string, timeoutMs: number): CodexError<"timeout"> {
  return new CodexError("timeout", `${what} (waited ${timeoutMs} ms)`, {
    details: { kind: "total", timeoutMs },
  });
}
