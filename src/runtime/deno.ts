/**
 * The adapter for Deno.
 * @module
 */
import type { ChildInput, ChildProcess, ExitStatus, Runtime } from "../core/ports.ts";
import { HAS_PROCESS_GROUPS, sharedRuntime, signalling, spawnError } from "./shared.ts";
import { undiciOpener } from "./web_sockets.ts";
import { byteStream } from "./web_streams.ts";

/** The part of Deno that is used here, so that no consumer needs its types. */
interface DenoApi {
  Command: new (command: string, options: {
    args: string[];
    env: Record<string, string>;
    clearEnv: true;
    cwd?: string | undefined;
    stdin: "piped";
    stdout: "piped";
    stderr: "piped";
    detached: boolean;
  }) => { spawn(): DenoChild };
}

interface DenoChild {
  readonly pid: number;
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly status: Promise<{ code: number; signal: string | null }>;
}

/** Deno's runtime. */
export const runtime: Runtime = {
  ...sharedRuntime,
  name: "deno",
  openWebSocket: undiciOpener,
  // Asynchronous, so that a throw of spawn() is a rejection, as under the other two.
  // deno-lint-ignore require-await
  async spawn(options) {
    const { Deno } = globalThis as unknown as { Deno: DenoApi };
    try {
      const command = new Deno.Command(options.command, {
        args: [...options.args],
        env: options.env,
        clearEnv: true,
        cwd: options.cwd,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
        detached: HAS_PROCESS_GROUPS,
      });
      return adopt(command.spawn());
    } catch (cause) {
      throw spawnError(options, cause);
    }
  },
};

function adopt(child: DenoChild): ChildProcess {
  let exited = false;
  const stdin = toInput(child.stdin);
  const stdout = byteStream(child.stdout, { trims: true });
  const stderr = byteStream(child.stderr);
  return {
    pid: child.pid,
    stdin,
    stdout,
    stderr,
    exited: child.status.then(({ code, signal }): ExitStatus => {
      exited = true;
      return signal ? { code: null, signal } : { code, signal: null };
    }),
    release() {
      stdout.cancel();
      stderr.cancel();
      stdin.abort();
    },
    ...signalling(child.pid, () => exited),
  };
}

function toInput(stdin: WritableStream<Uint8Array>): ChildInput & { abort(): void } {
  const writer = stdin.getWriter();
  // A broken pipe is told by write(); nobody waits for this one.
  writer.closed.catch(() => {});
  return {
    abort: () => void writer.abort().catch(() => {}),
    async write(chunk) {
      await writer.ready;
      await writer.write(chunk);
    },
    async close() {
      try {
        await writer.close();
      } catch {
        // The child closed its end first, or it was closed before.
      }
    },
  };
}
