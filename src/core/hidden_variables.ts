/**
 * Variables that are none of the agent's business.
 * @module
 */

/** What decides about variables. */
export interface HiddenInput {
  /** The CLI's environment. */
  env: Readonly<Record<string, string>>;
  apiKey?: string | undefined;
}

/** Settings of telemetry, this package's and OpenTelemetry's: they hold credentials. */
const TELEMETRY_VARIABLE = /^(CODEX_OTLP|OTEL)_/;

/** An environment without the settings of telemetry. */
export function withoutTelemetry(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !TELEMETRY_VARIABLE.test(name)));
}

/**
 * Config overrides that keep variables of the CLI from the commands of the agent: the settings of
 * telemetry, and whatever holds the API key. They are emptied one by one, since a list to exclude
 * would replace the user's own (CLI 0.169).
 */
export function hidingOverrides({ env, apiKey }: HiddenInput): string[] {
  const names = Object.keys(env).filter((name) =>
    TELEMETRY_VARIABLE.test(name) || Boolean(apiKey) && env[name] === apiKey
  );
  if (apiKey) names.push("CODEX_API_KEY");
  return [...new Set(names)]
    .filter((name) => /^\w+$/.test(name))
    .sort()
    .map((name) => `shell_environment_policy.set.${name}=""`);
}
