import { CodexError } from "../errors.ts";
import { isFields } from "../protocol/fields.ts";

/**
 * Writes an output schema as JSON.
 * @throws {CodexError} `invalid_output_schema` when it is no plain object, or holds what JSON
 * cannot express.
 */
export function encodeOutputSchema(schema: unknown): string {
  if (!isFields(schema)) throw invalidSchema(schema);
  try {
    return JSON.stringify(schema);
  } catch (cause) {
    throw invalidSchema(schema, cause);
  }
}

function invalidSchema(schema: unknown, cause?: unknown): CodexError<"invalid_output_schema"> {
  const type = schema === null ? "null" : Array.isArray(schema) ? "array" : typeof schema;
  return new CodexError("invalid_output_schema", "outputSchema must be a plain JSON object", {
    details: { type },
    ...(cause === undefined ? {} : { cause }),
  });
}
