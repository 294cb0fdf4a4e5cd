/**
 * The adapter for Bun.
 * @module
 */
import type { ChildInput, ChildProcess, ExitStatus, Runtime } from "../core/ports.ts";
import { HAS_PROCESS_GROUPS, sharedRuntime, signalling, spawnError } from "./shared.ts";
import { globalWebSocket, webSocketOpener } from "./web_sockets.ts";
import { byteStream } from "./web_streams.ts";

/** The part of Bun that is used here, so that no consumer needs its types. */
interface BunApi {
  spawn(command: string[], options: {
    env: Record<string, string>;
    cwd?: string | undefined;
    stdin: "pipe";
    stdout: "pipe";
    stderr: "pipe";
    detached: boolean;
    windowsHide: boolean;
  }): BunChild;
}

interface BunChild {
  readonly pid: number;
  readonly stdin: BunSink;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exited: Promise<number>;
  readonly exitCode: number | null;
  readonly signalCode: string | null;
}

interface BunSink {
  write(chunk: Uint8Array): number | Promise<number>;
  flush(): number | Promise<number>;
  end(): number | Promise<number>;
}

/** Bun's runtime. */
export const runtime: Runtime = {
  ...sharedRuntime,
  name: "bun",
  openWebSocket: webSocketOpener(() => Promise.resolve(globalWebSocket)),
  // Asynchronous, so that a throw of Bun.spawn is a rejection, as under the other two.
  // deno-lint-ignore require-await
  async spawn(options) {
    const { Bun } = globalThis as unknown as { Bun: BunApi };
    try {
      return adopt(Bun.spawn([options.command, ...options.args], {
        env: options.env,
        cwd: options.cwd,
        stdin: "pipe",
        stdout: "pipe",
        stderr: "pipe",
        detached: HAS_PROCESS_GROUPS,
        windowsHide: true,
      }));
    } catch (cause) {
      throw spawnError(options, cause);
    }
  },
};

function adopt(child: BunChild): ChildProcess {
  const hasExited = () => child.exitCode !== null || child.signalCode !== null;
  const stdin = toInput(child.stdin);
  const stdout = byteStream(child.stdout);
  const stderr = byteStream(child.stderr);
  return {
    pid: child.pid,
    stdin,
    stdout,
    stderr,
    exited: child.exited.then((code): ExitStatus =>
      child.signalCode ? { code: null, signal: child.signalCode } : { code, signal: null }
    ),
    release() {
      stdout.cancel();
      stderr.cancel();
      void stdin.close();
    },
    ...signalling(child.pid, hasExited),
  };
}

function toInput(stdin: BunSink): ChildInput {
  return {
    async write(chunk) {
      await stdin.write(chunk);
      await stdin.flush();
    },
    async close() {
      try {
        await stdin.end();
      } catch {
        // The child closed its end first.
      }
    },
  };
}
