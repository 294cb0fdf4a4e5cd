const HIDDEN = "***";

/**
 * A command line as it may be shown: the values of config overrides are hidden, because people put
 * headers and keys there. The prompt is never on it: it goes in by standard input.
 */
export function displayCommand(command: string, args: readonly string[]): string {
  const shown = args.map((arg, index) => {
    const before = args[index - 1];
    return before === "--config" || before === "-c" ? hideValue(arg) : arg;
  });
  return [command, ...shown].map(quote).join(" ");
}

function hideValue(override: string): string {
  const equals = override.indexOf("=");
  return equals < 0 ? HIDDEN : `${override.slice(0, equals)}=${HIDDEN}`;
}

function quote(word: string): string {
  return /^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
