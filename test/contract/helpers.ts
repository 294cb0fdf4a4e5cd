import assert from "node:assert/strict";
import type { ChildProcess, Runtime, SpawnOptions } from "../../src/core/ports.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";

/** The adapter of the runtime that runs this test. */
export const runtime: Runtime = await loadRuntime();

const started = new Set<ChildProcess>();

/** Starts a program, to be ended by `endAll()` at the latest. */
export async function start(
  command: string,
  args: readonly string[] = [],
  options: Partial<SpawnOptions> = {},
): Promise<ChildProcess> {
  const env = { PATH: "/usr/bin:/bin" };
  const child = await runtime.spawn({ command, args, env, ...options });
  started.add(child);
  return child;
}

/** Starts a POSIX shell with a script. */
export function startShell(
  script: string,
  options: Partial<SpawnOptions> = {},
): Promise<ChildProcess> {
  return start("/bin/sh", ["-c", script], options);
}

/** Ends the groups of all programs that were started, and lets go of them. */
export async function endAll(): Promise<void> {
  for (const child of started) {
    if (child.hasGroup()) child.signalGroup("SIGKILL");
    await child.exited;
    child.release();
  }
  started.clear();
}

/** Reads a stream to its end. */
export async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}

/** Reads a stream to its end, as text. */
export async function readText(stream: AsyncIterable<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(await readAll(stream));
}

/** Reads lines from a stream, as many as asked for; the rest stays unread. */
export async function readLines(child: ChildProcess, count: number): Promise<string[]> {
  const iterator = child.stdout[Symbol.asyncIterator]();
  let text = "";
  while (text.split("\n").length <= count) {
    const { done, value } = await iterator.next();
    assert.ok(!done, `the output ended after: ${text}`);
    text += new TextDecoder().decode(value);
  }
  return text.split("\n").slice(0, count);
}

/** Waits until something holds; fails after 15 s. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  for (let triesLeft = 600; !await holds(); triesLeft--) {
    assert.ok(triesLeft > 0, `it never came to be that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Whether a promise settles while so much time passes. */
export async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = promise.then(() => true, () => true);
  try {
    return await Promise.race([settled, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
