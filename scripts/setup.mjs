/**
 * Installs the dependencies when `node_modules` is missing or does not fit the lockfile.
 * Every command runs it first, so it needs nothing installed: plain JavaScript, under Node or Deno.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** @param {string} path */
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/**
 * Tells what is missing or of another version than locked, by path; empty when all is as locked.
 * Packages for other platforms are optional and may be missing.
 *
 * @param {string} root
 * @returns {string[]}
 */
export function staleness(root) {
  const npmLock = join(root, "node_modules/.package-lock.json");
  return existsSync(npmLock)
    ? staleForNpm(readJson(join(root, "package-lock.json")).packages, readJson(npmLock).packages)
    : staleForDeno(root);
}

function staleForNpm(locked, installed) {
  return Object.entries(locked)
    .filter(([path, { optional }]) => path !== "" && (!optional || path in installed))
    .filter(([path, { version }]) => installed[path]?.version !== version)
    .map(([path]) => path);
}

// Deno's install leaves no list of its own: the direct dependencies must do.
function staleForDeno(root) {
  const { dependencies = {}, devDependencies = {} } = readJson(join(root, "package.json"));
  const { specifiers } = readJson(join(root, "deno.lock"));
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([name, range]) => {
      // The lock writes `1.2.3_peer@4.5.6` for a version that depends on peers.
      const locked = specifiers[`npm:${name}@${range}`]?.split("_")[0];
      return installedVersion(join(root, "node_modules", name)) !== locked;
    })
    .map(([name]) => `node_modules/${name}`);
}

function installedVersion(folder) {
  const path = join(folder, "package.json");
  return existsSync(path) ? readJson(path).version : undefined;
}

function installCommand() {
  if ("Deno" in globalThis) return [process.execPath, ["install", "--frozen"]];
  const npm = process.env.npm_execpath;
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund"];
  // `npm run` says where npm is; this also spares us the shell that npm needs on Windows.
  return npm?.endsWith("npm-cli.js") ? [process.execPath, [npm, ...args]] : ["npm", args];
}

function install(root) {
  const [command, args] = installCommand();
  console.error(`Installing the dependencies (${[command, ...args].join(" ")})`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    // What the install says is no part of the output of the command that needed it.
    stdio: ["ignore", 2, 2],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`The install ended with status ${status}.`);
}

// Under a symbolic link (`/tmp` on macOS) the argument is not the module's own path.
const program = process.argv[1];
if (program && import.meta.url === pathToFileURL(realpathSync(program)).href) {
  if (staleness(ROOT).length > 0) install(ROOT);
}
