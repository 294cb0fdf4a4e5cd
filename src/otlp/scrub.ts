const MAX_CHARS = 400;

/**
 * Makes a function that cuts a text from outside to 400 characters and takes every secret out of
 * it. A collector may repeat a header in its answer.
 */
export function scrubber(secrets: () => Iterable<string>): (text: string) => string {
  return (text) => {
    let clean = text;
    for (const secret of variants(secrets())) clean = clean.replaceAll(secret, "[redacted]");
    clean = clean.replace(/\s+/g, " ").trim();
    return clean.length > MAX_CHARS ? `${clean.slice(0, MAX_CHARS)}…` : clean;
  };
}

/** A value such as `Bearer abc` is secret as a whole and in its last part. Longest first. */
function variants(secrets: Iterable<string>): string[] {
  const all = new Set<string>();
  for (const secret of secrets) {
    for (const text of [secret, secret.replace(/^\S+\s+/, ""), encodeURIComponent(secret)]) {
      if (text.length >= 4) all.add(text);
    }
  }
  return [...all].sort((a, b) => b.length - a.length);
}
