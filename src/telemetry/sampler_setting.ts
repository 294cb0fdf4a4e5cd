import { type Environment, readVariable } from "./env_values.ts";

/** A sampler by its parts. */
export interface SamplerSetting {
  root: "always_on" | "always_off" | "traceidratio";
  /** Between 0 and 1; for `traceidratio` only. */
  ratio: number;
  /** Whether a caller's decision wins over the root sampler. */
  parentBased: boolean;
}

/** The specification's default. */
export const DEFAULT_SAMPLER: SamplerSetting = {
  root: "always_on",
  ratio: 1,
  parentBased: true,
};

/**
 * Reads `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` (specification, "General SDK
 * Configuration"). What cannot be used is replaced by the default, with a warning.
 */
export function samplerSetting(env: Environment, warnings: string[]): SamplerSetting {
  const name = readVariable(env, "OTEL_TRACES_SAMPLER");
  if (name === undefined) return DEFAULT_SAMPLER;
  const parentBased = name.startsWith("parentbased_");
  const root = parentBased ? name.slice("parentbased_".length) : name;
  if (root !== "always_on" && root !== "always_off" && root !== "traceidratio") {
    warnings.push("OTEL_TRACES_SAMPLER is no known sampler; parentbased_always_on is used.");
    return DEFAULT_SAMPLER;
  }
  const ratio = root === "traceidratio" ? readRatio(env, warnings) : 1;
  return { root, ratio, parentBased };
}

function readRatio(env: Environment, warnings: string[]): number {
  const text = readVariable(env, "OTEL_TRACES_SAMPLER_ARG");
  if (text === undefined) return 1;
  const ratio = Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  warnings.push("OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1; 1 is used.");
  return 1;
}
