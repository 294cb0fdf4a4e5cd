import type { SpanLimits } from "@opentelemetry/sdk-trace";
import { defined } from "./defined.ts";
import { type Environment, readVariable } from "./env_values.ts";

/** Variables by limit, the first one that is set wins. The last two are the SDK's own names. */
const VARIABLES: Readonly<Record<keyof SpanLimits, readonly string[]>> = {
  attributeCountLimit: ["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT"],
  attributeValueLengthLimit: [
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
  ],
  linkCountLimit: ["OTEL_SPAN_LINK_COUNT_LIMIT"],
  eventCountLimit: ["OTEL_SPAN_EVENT_COUNT_LIMIT"],
  attributePerEventCountLimit: ["OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT"],
  attributePerLinkCountLimit: ["OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT"],
};

/**
 * Reads the limits of spans (specification, "Attribute Limits" and "Span Limits"). One that is not
 * set is the SDK's; one that cannot be used is ignored, with a warning.
 */
export function spanLimits(env: Environment, warnings: string[]): SpanLimits {
  const limits = Object.entries(VARIABLES).map(([limit, variables]) => {
    return [limit, firstNumber(variables, { env, warnings })] as const;
  });
  return defined(Object.fromEntries(limits));
}

function firstNumber(
  variables: readonly string[],
  { env, warnings }: { env: Environment; warnings: string[] },
): number | undefined {
  for (const variable of variables) {
    const text = readVariable(env, variable);
    if (text === undefined) continue;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    warnings.push(`${variable} is no whole number and is ignored.`);
  }
  return undefined;
}
