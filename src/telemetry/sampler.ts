import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import type { SamplerSetting } from "./sampler_setting.ts";

/** Makes the sampler that a setting describes; a sampler is used as it is. */
export function createSampler(setting: SamplerSetting | Sampler): Sampler {
  if ("shouldSample" in setting) return setting;
  const root = rootSampler(setting);
  return setting.parentBased ? new ParentBasedSampler({ root }) : root;
}

function rootSampler({ root, ratio }: SamplerSetting): Sampler {
  if (root === "traceidratio") return new TraceIdRatioBasedSampler(ratio);
  return root === "always_on" ? new AlwaysOnSampler() : new AlwaysOffSampler();
}
