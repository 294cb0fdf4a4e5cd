/**
 * Careful reading of objects that a producer wrote, whose fields may be missing or of another kind.
 * @module
 */

/** An object of unknown fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object of fields; an empty one when it is none. */
export function asFields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** Whether a value is an object with fields, and no array. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first of the named fields that is a string. */
export function stringField(fields: Fields, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "string") return value;
  }
  return undefined;
}

/** The first of the named fields that is a finite number. */
export function numberField(fields: Fields, ...names: string[]): number | undefined {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "number" && Number.isFinite(value)) return value;
  }
  return undefined;
}
