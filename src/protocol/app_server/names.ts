/**
 * The app-server's names, and the spelling that `codex exec` has for them.
 * @module
 */
import { asFields, type Fields, isFields, stringField } from "../fields.ts";
import { itemKind } from "../kinds.ts";

/** An object with its own names in snake_case and without nulls; the values stay as they are. */
export function snakeFields(fields: Fields): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && value !== undefined) renamed[itemKind(name)] = value;
  }
  return renamed;
}

/**
 * A value with all names in it in snake_case, nulls kept. Only for objects whose names are the
 * protocol's own, not a user's.
 */
export function deepSnakeFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deepSnakeFields);
  if (!isFields(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, inner]) => [itemKind(name), deepSnakeFields(inner)]),
  );
}

/** The id of the turn that a notification or a request is of; undefined when it is of none. */
export function turnIdOf(params: Fields): string | undefined {
  return stringField(params, "turnId") ?? stringField(asFields(params["turn"]), "id");
}
