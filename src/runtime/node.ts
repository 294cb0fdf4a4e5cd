/**
 * The adapter for Node.
 * @module
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import type { ChildInput, ChildProcess, ExitStatus, Runtime } from "../core/ports.ts";
import { HAS_PROCESS_GROUPS, sharedRuntime, signalling, spawnError } from "./shared.ts";
import { undiciOpener } from "./web_sockets.ts";

/** Node's runtime. */
export const runtime: Runtime = {
  ...sharedRuntime,
  name: "node",
  openWebSocket: undiciOpener,
  async spawn(options) {
    try {
      const child = spawn(options.command, options.args, {
        env: options.env,
        cwd: options.cwd,
        detached: HAS_PROCESS_GROUPS,
        windowsHide: true,
      });
      const exited = new Promise<ExitStatus>((resolve) =>
        child.once("exit", (code, signal) => resolve({ code, signal }))
      );
      await once(child, "spawn");
      // A signal that cannot be delivered is reported here; nobody else needs to hear of it.
      child.on("error", () => {});
      return adopt(child, exited);
    } catch (cause) {
      throw spawnError(options, cause);
    }
  },
};

function adopt(child: ChildProcessWithoutNullStreams, exited: Promise<ExitStatus>): ChildProcess {
  const pid = child.pid!;
  const hasExited = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid,
    stdin: toInput(child.stdin),
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    release() {
      for (const pipe of child.stdio) pipe?.destroy();
    },
    ...signalling(pid, hasExited),
  };
}

function toInput(stdin: Writable): ChildInput {
  // Without a listener, a broken pipe would end the whole process.
  stdin.on("error", () => {});
  return {
    write: (chunk) =>
      new Promise((resolve, reject) =>
        stdin.write(chunk, (error) => error ? reject(error) : resolve())
      ),
    close: () =>
      new Promise((resolve) => {
        if (stdin.destroyed || stdin.writableFinished) return resolve();
        stdin.once("close", resolve);
        stdin.end(resolve);
      }),
  };
}
