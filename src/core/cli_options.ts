/**
 * `CodexOptions.cli`, as it is checked when a `Codex` is made.
 * @module
 */
import type { ExportSignal } from "../events/catalogue.ts";
import type { CodexOptions } from "./options.ts";

const SIGNALS = ["traces", "metrics", "logs"] as const satisfies readonly ExportSignal[];

/** @throws {TypeError} when the option is of the wrong type, or there is no CLI to be joined. */
export function checkCli({ cli, transport }: CodexOptions): void {
  if (cli === undefined) return;
  if (typeof cli !== "object" || cli === null) throw new TypeError("cli must be an object.");
  for (const signal of SIGNALS) {
    if (!["boolean", "undefined"].includes(typeof cli[signal])) {
      throw new TypeError(`cli.${signal} must be a boolean.`);
    }
  }
  if (!isSampler(cli.sampler)) {
    throw new TypeError('cli.sampler must be "always_on", "always_off" or a number from 0 to 1.');
  }
  if (typeof transport === "object") {
    throw new TypeError("cli needs a CLI that is started here, and not a remote app-server.");
  }
}

function isSampler(sampler: unknown): boolean {
  if (typeof sampler === "number") return sampler >= 0 && sampler <= 1;
  return [undefined, "always_on", "always_off"].includes(sampler as undefined);
}
