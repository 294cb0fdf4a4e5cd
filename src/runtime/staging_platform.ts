/**
 * What the staging of files needs before it loads anything. `node:` modules are asked for by
 * function, so that importing this costs nothing and works where there is no file system.
 * @module
 */
import { CodexError } from "../errors.ts";
import type { StagingPlatform } from "../files/ports.ts";

interface World {
  process?: {
    env?: Record<string, string | undefined>;
    getBuiltinModule?(id: "node:os"): { tmpdir(): string } | undefined;
    getBuiltinModule?(id: "node:path"): { resolve(...parts: string[]): string } | undefined;
  };
}

/** The running runtime. @throws {CodexError} `unsupported` where there is no file system. */
export const stagingPlatform: StagingPlatform = {
  env: (name) => (globalThis as World).process?.env?.[name],
  tempDirectory: () =>
    required((globalThis as World).process?.getBuiltinModule?.("node:os")).tmpdir(),
  resolve: (...parts) =>
    required((globalThis as World).process?.getBuiltinModule?.("node:path")).resolve(...parts),
  async load() {
    return (await import("./staging_files.ts")).stagingFiles;
  },
};

function required<T>(module: T | undefined): T {
  if (module !== undefined) return module;
  throw new CodexError("unsupported", "This runtime has no file system to stage files in.", {
    details: { feature: "staging" },
  });
}
