/** Codes and messages of an error, its causes and its parts, nearest first. */
export function errorTexts(error: unknown): string[] {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    const { code, message, cause, errors } = value as Record<string, unknown>;
    for (const text of [code, message]) if (typeof text === "string" && text) texts.push(text);
    visit(cause);
    if (Array.isArray(errors)) errors.forEach(visit);
  };
  visit(error);
  return texts;
}
