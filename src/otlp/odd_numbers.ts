/**
 * Numbers that the serializers of otlp-transformer (0.223) write in a way that collectors refuse,
 * and with each the whole request: `NaN` and the infinities become `null`, and whole numbers beyond
 * 64 bits an `intValue` with an exponent (seen with Collector 0.162). Such a number travels through
 * a serializer as marked text, and is put right in what comes out. A `bigint`, of which nothing
 * would be left, goes the same way.
 * @module
 */

const INT64 = 2 ** 63;

/** A constant, because edge runtimes give no random value while a module is loaded. */
const MARK = "\u{F8FF}codex-otel number ";
const MARKED = new RegExp(
  `\\{"stringValue":"${MARK}(NaN|-?Infinity|-?[\\d.]+(?:e\\+\\d+|n)?)"\\}`,
  "g",
);

/** Whether there is such a number in an attribute's value, a body or a record of attributes. */
export function hasOddNumber(value: unknown): boolean {
  if (typeof value === "number") return !(Math.abs(value) < INT64);
  if (typeof value !== "object" || value === null) return typeof value === "bigint";
  if (value instanceof Uint8Array) return false;
  if (Array.isArray(value)) return value.some(hasOddNumber);
  for (const key in value) {
    if (hasOddNumber((value as Record<string, unknown>)[key])) return true;
  }
  return false;
}

/** Gives a copy in which such numbers are marked text. */
export function markOddNumbers<Value>(value: Value): Value {
  return mark(value) as Value;
}

function mark(value: unknown): unknown {
  if (!hasOddNumber(value)) return value;
  if (typeof value === "bigint") return `${MARK}${value}n`;
  if (typeof value === "number") return `${MARK}${value}`;
  if (Array.isArray(value)) return value.map(mark);
  const entries = Object.entries(value as object);
  return Object.fromEntries(entries.map(([key, part]) => [key, mark(part)]));
}

/** Makes numbers of the marked texts in what a serializer wrote. */
export function unmarkOddNumbers(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder().decode(bytes);
  return new TextEncoder().encode(text.replace(MARKED, (_, number: string) => anyValue(number)));
}

/** As ProtoJSON has it: `NaN` and the infinities are text, and so may an `int64` be. */
function anyValue(number: string): string {
  if (!number.endsWith("n")) {
    return `{"doubleValue":${/\d/.test(number) ? number : `"${number}"`}}`;
  }
  const digits = number.slice(0, -1);
  const isInt64 = BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);
  return `{"${isInt64 ? "intValue" : "stringValue"}":"${digits}"}`;
}
