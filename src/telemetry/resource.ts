import { SDK_INFO } from "@opentelemetry/core";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import type { Settings } from "./settings.ts";
import { maskAttributes } from "./spans/mask.ts";

/** Name of the instrumentation scope of all signals. */
export const SCOPE = "@codex-otel/sdk";

/** The resource of all signals. */
export function createResource({ resource, redact }: Settings): Resource {
  return resourceFromAttributes({ ...SDK_INFO, ...maskAttributes(resource, redact) });
}
