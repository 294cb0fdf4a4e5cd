/**
 * Where the Codex CLI is.
 * @module
 */
import { CodexError } from "../errors.ts";
import type { Runtime } from "./ports.ts";

/** A CLI that was found. */
export interface FoundCli {
  command: string;
  /** Folders with the CLI's own helpers, to come first on `PATH`. */
  pathDirectories: string[];
}

/** Where to look besides the installed packages. */
export interface CliLookupOptions {
  codexPathOverride?: string;
  /** The environment that the CLI will get; `CODEX_PATH` and `PATH` are read from it. */
  env: Readonly<Record<string, string>>;
}

const PACKAGE = "@openai/codex";

/** The native package of each platform, as `@openai/codex` 0.169 names them. */
const TARGETS: Readonly<Record<string, { triple: string; suffix: string }>> = {
  "linux x64": { triple: "x86_64-unknown-linux-musl", suffix: "linux-x64" },
  "linux arm64": { triple: "aarch64-unknown-linux-musl", suffix: "linux-arm64" },
  "android x64": { triple: "x86_64-unknown-linux-musl", suffix: "linux-x64" },
  "android arm64": { triple: "aarch64-unknown-linux-musl", suffix: "linux-arm64" },
  "darwin x64": { triple: "x86_64-apple-darwin", suffix: "darwin-x64" },
  "darwin arm64": { triple: "aarch64-apple-darwin", suffix: "darwin-arm64" },
  "win32 x64": { triple: "x86_64-pc-windows-msvc", suffix: "win32-x64" },
  "win32 arm64": { triple: "aarch64-pc-windows-msvc", suffix: "win32-arm64" },
};

/**
 * Finds the CLI: the override, `CODEX_PATH`, the native binary of an installed `@openai/codex`
 * (never its Node launcher, which hides the CLI's signals and exit code), `codex` on `PATH`.
 *
 * @throws {CodexError} `cli_not_found` with everything that was tried.
 */
export async function findCli(runtime: Runtime, options: CliLookupOptions): Promise<FoundCli> {
  // An explicit path is not second-guessed: starting it tells whether it is any good.
  const explicit = options.codexPathOverride || options.env["CODEX_PATH"];
  if (explicit) return { command: explicit, pathDirectories: [] };
  const tried: string[] = [];
  const found = await findInstalled(runtime, tried) ??
    await findOnPath(runtime, options.env, tried);
  if (found) return found;
  throw new CodexError(
    "cli_not_found",
    `Unable to locate Codex CLI binaries. Ensure ${PACKAGE} is installed with optional dependencies, ` +
      `or set codexPathOverride or CODEX_PATH. Tried: ${tried.join("; ")}`,
    { details: { tried } },
  );
}

async function findInstalled(runtime: Runtime, tried: string[]): Promise<FoundCli | undefined> {
  const target = TARGETS[`${runtime.platform} ${runtime.arch}`];
  if (!target) {
    tried.push(`${PACKAGE} (no native package for ${runtime.platform} ${runtime.arch})`);
    return undefined;
  }
  const { join, dirname } = runtime.files;
  const manifest = runtime.resolvePackage(PACKAGE);
  const nativePackage = `${PACKAGE}-${target.suffix}`;
  const native = manifest && runtime.resolvePackage(nativePackage, dirname(manifest));
  if (!native) {
    tried.push(manifest ? `package ${nativePackage}` : `package ${PACKAGE}`);
    return undefined;
  }
  return await findInPackage(runtime, join(dirname(native), "vendor", target.triple), tried);
}

/** The layout of today, then that of older CLIs. */
async function findInPackage(
  runtime: Runtime,
  root: string,
  tried: string[],
): Promise<FoundCli | undefined> {
  const { join } = runtime.files;
  const binary = runtime.platform === "win32" ? "codex.exe" : "codex";
  for (const [folder, pathFolder] of [["bin", "codex-path"], ["codex", "path"]] as const) {
    const command = join(root, folder, binary);
    if (await runtime.files.isFile(command)) {
      const helpers = join(root, pathFolder);
      const pathDirectories = await runtime.files.isDirectory(helpers) ? [helpers] : [];
      return { command, pathDirectories };
    }
    tried.push(command);
  }
  return undefined;
}

async function findOnPath(
  runtime: Runtime,
  env: Readonly<Record<string, string>>,
  tried: string[],
): Promise<FoundCli | undefined> {
  const isWindows = runtime.platform === "win32";
  // Not npm's codex.cmd: Node refuses to start a batch file without a shell.
  const name = isWindows ? "codex.exe" : "codex";
  const path = (isWindows ? env["Path"] : undefined) ?? env["PATH"] ?? "";
  for (const folder of path.split(isWindows ? ";" : ":")) {
    if (!folder) continue;
    const command = runtime.files.join(folder, name);
    if (await runtime.files.isFile(command)) return { command, pathDirectories: [] };
  }
  tried.push(`${name} on PATH`);
  return undefined;
}
