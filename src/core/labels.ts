/**
 * A thread's labels: names and values of its creator's choice, which every event of a run carries.
 * @module
 */
import { isFields } from "../protocol/fields.ts";

/** Labels by their names. */
export type Labels = Readonly<Record<string, string>>;

/**
 * All labels of several sources, of which later ones win; undefined when there are none. What is no
 * label is left out: a producer may write anything.
 */
export function mergeLabels(...sources: readonly unknown[]): Labels | undefined {
  const labels = sources.filter(isFields).flatMap((source) =>
    Object.entries(source).filter((entry): entry is [string, string] =>
      typeof entry[1] === "string"
    )
  );
  return labels.length > 0 ? Object.fromEntries(labels) : undefined;
}

/** @throws {TypeError} when the value is no record of strings. */
export function checkLabels(labels: unknown): void {
  if (labels === undefined) return;
  if (!isFields(labels)) throw new TypeError("labels must be an object of names and texts.");
  const bad = Object.keys(labels).find((name) => typeof labels[name] !== "string");
  if (bad !== undefined) throw new TypeError(`labels.${bad} must be a string.`);
}
