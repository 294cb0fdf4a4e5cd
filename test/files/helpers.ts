import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { EventBus } from "../../src/events/bus.ts";
import { createClock } from "../../src/events/clock.ts";
import { createFiles, type Files } from "../../src/files/files.ts";
import { CONTROL_FOLDER } from "../../src/files/names.ts";
import type { Owner, StagingFiles } from "../../src/files/ports.ts";
import { stagingFiles } from "../../src/runtime/staging_files.ts";
import { stagingPlatform } from "../../src/runtime/staging_platform.ts";
import { captureEvents, type EventCapture } from "../../src/testing/mod.ts";

/** No system gives out this pid. */
const DEAD_PID = 2 ** 31 - 1;

/** Linux keeps files in memory here. */
const MEMORY_FOLDER = "/dev/shm";

/** A temporary folder with a staging folder and sources in it, and a clock that the test moves. */
export class Place {
  readonly folder: string;
  readonly root: string;
  nowMs: number = Date.now();

  /** `inMemory` where the system has such a folder: for tests that make thousands of places. */
  constructor({ inMemory = false }: { inMemory?: boolean } = {}) {
    const parent = inMemory && existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
    this.folder = mkdtempSync(join(parent, "codex-otel-staging-"));
    this.root = join(this.folder, "staged");
  }

  /** Another user of the staging folder, as if of a process of its own. */
  files(options: { port?: StagingFiles; telemetry?: EventBus } = {}): Files {
    const { port = hastyPort, telemetry = new EventBus() } = options;
    return createFiles({
      platform: { ...stagingPlatform, load: () => Promise.resolve(port) },
      telemetry,
      clock: { ...createClock(), wallMs: () => this.nowMs },
      stagingDir: this.root,
    });
  }

  /** The same, with its events. */
  observed(): { files: Files; events: EventCapture } {
    const telemetry = new EventBus();
    return { files: this.files({ telemetry }), events: captureEvents(telemetry) };
  }

  /** Writes a source file. */
  source(name: string, content: string | Uint8Array = name): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** What lies in the staging folder: entries by their checksum, and everything else. */
  names(): string[] {
    return existsSync(this.root) ? readdirSync(this.root).sort() : [];
  }

  /** Whatever lies about that belongs to no entry. */
  strays(): string[] {
    return this.names().filter((name) => !/^[0-9a-f]{64}$/.test(name));
  }

  /** Names in the control folder of an entry. */
  control(checksum: string): string[] {
    return readdirSync(join(this.root, checksum, CONTROL_FOLDER)).sort();
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The checksums of what the list names, read from the disk. */
export async function contentsOf(files: Files): Promise<string[]> {
  return (await files.listStaged()).map(({ path }) => sha256(readFileSync(path)));
}

/** The port as another process would have it: `gone` has ended since, `unknown` is elsewhere. */
export async function portOf(state: "gone" | "unknown" | "alive"): Promise<StagingFiles> {
  const own = await stagingFiles.owner();
  const owners: Record<typeof state, Owner> = {
    alive: own,
    gone: { ...own, pid: DEAD_PID },
    unknown: { ...own, host: "abcdef0123456789" },
  };
  return { ...hastyPort, owner: () => Promise.resolve(owners[state]) };
}

/** The real port, but that it leaves to the system when content reaches the disk: tests make much. */
export const hastyPort: StagingFiles = {
  ...stagingFiles,
  createFile: async (path) => ({
    ...await stagingFiles.createFile(path),
    sync: () => Promise.resolve(),
  }),
};

/** A step of the file system, by the name of its function and its arguments. */
export type Step = { name: string; args: unknown[] };

/** What is done ahead of a step; it may give what is to be done after it. */
export type Before = (step: Step) => void | Promise<void | (() => void)>;

/** A port that calls `before` ahead of everything that touches the disk. */
export function steppedPort(port: StagingFiles, before: Before): StagingFiles {
  const step =
    <A extends unknown[], R>(name: string, run: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const after = await before({ name, args });
      try {
        return await run(...args);
      } finally {
        after?.();
      }
    };
  return {
    ...port,
    status: step("status", port.status),
    linkStatus: step("linkStatus", port.linkStatus),
    openSource: step("openSource", port.openSource),
    createFile: step("createFile", async (path) => {
      const file = await port.createFile(path);
      return { ...file, write: step("write", file.write), sync: step("sync", file.sync) };
    }),
    readText: step("readText", port.readText),
    makeFolder: step("makeFolder", port.makeFolder),
    list: step("list", port.list),
    rename: step("rename", port.rename),
    link: step("link", port.link),
    remove: step("remove", port.remove),
  };
}

/** An error as the system's. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** A child that runs `staging_program.ts` by the runtime that runs this test. */
export interface StagingChild {
  pid: number;
  /** Resolves with what it printed, or rejects when it fails. */
  ended: Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;
}

export function startProgram(args: readonly string[]): StagingChild {
  const path = fileURLToPath(new URL("staging_program.ts", import.meta.url));
  const child = spawn(process.execPath, [...runtimeArgs(), path, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => stdout += String(chunk));
  child.stderr.on("data", (chunk) => stderr += String(chunk));
  const ended = new Promise<Awaited<StagingChild["ended"]>>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { pid: child.pid!, ended };
}

function runtimeArgs(): string[] {
  const { Deno, Bun } = globalThis as { Deno?: unknown; Bun?: unknown };
  if (Deno) return ["run", "-A", "--no-check"];
  return Bun ? [] : ["--import", "tsx"];
}
