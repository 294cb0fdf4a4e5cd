import type { Attributes, AttributeValue } from "@opentelemetry/api";

/** A redactor: gives a text back without its secrets. */
export type Redact = (text: string) => string;

/** Names that end in words of somebody else's. */
const OPEN_NAMES = /^codex\.(labels|source|rate_limits)\./;

/** Attributes as they may be exported: masked, and without those that have no value. */
export function maskAttributes(attributes: Attributes, redact: Redact): Attributes {
  const masked: Attributes = {};
  for (const key in attributes) {
    const value = attributes[key];
    if (value === undefined) continue;
    masked[OPEN_NAMES.test(key) ? redact(key) : key] = maskValue(value, redact);
  }
  return masked;
}

function maskValue(value: AttributeValue, redact: Redact): AttributeValue {
  if (typeof value === "string") return redact(value);
  if (!Array.isArray(value)) return value;
  return value.map((item) => typeof item === "string" ? redact(item) : item) as AttributeValue;
}
