import {
  createTempFolder,
  joinPath,
  processEnv,
  removePath,
  writeText,
} from "../runtime/testing_files.ts";

/** The variable that holds the key of the scripted model: the CLI wants one, and it may be anything. */
const KEY_VARIABLE = "SCRIPTED_MODEL_KEY";

/** Settings that would take a test to another server, or to another configuration. */
const UNWANTED =
  /^(CODEX_HOME|CODEX_API_KEY|CODEX_OTLP_.*|OPENAI_.*|OTEL_.*|TRACEPARENT|TRACESTATE)$|_PROXY$/i;

/** A `CODEX_HOME` of its own, and an environment in which the CLI uses it. */
export interface CodexHome {
  /** The folder. */
  readonly path: string;
  /** For `CodexOptions.env`. */
  readonly env: Record<string, string>;
  remove(): void;
}

/** Makes a `CODEX_HOME` whose configuration sends the CLI to a model on loopback and nowhere else. */
export function createCodexHome(modelUrl: string): CodexHome {
  const path = createTempFolder("codex-otel-home-");
  writeText(joinPath(path, "config.toml"), [codexConfigToml(modelUrl)]);
  const inherited = Object.entries(processEnv()).filter(([name]) => !UNWANTED.test(name));
  return {
    path,
    env: {
      ...Object.fromEntries(inherited),
      CODEX_HOME: path,
      // The CLI runs commands in login shells, whose profiles can do anything and take their time.
      HOME: path,
      [KEY_VARIABLE]: "scripted-model",
      NO_PROXY: "127.0.0.1,localhost",
    },
    remove: () => removePath(path),
  };
}

/**
 * A `config.toml` for a model on loopback: a model name whose metadata the CLI has built in (it
 * warns about others), no retries, no analytics, no update check, and none of the features that
 * look for plugins on the network (codex-cli 0.169.0 asks for api.github.com and chatgpt.com).
 */
export function codexConfigToml(modelUrl: string): string {
  return `model = "gpt-5.5"
model_provider = "scripted"
check_for_update_on_startup = false

[model_providers.scripted]
name = "scripted"
base_url = "${modelUrl}/v1"
wire_api = "responses"
env_key = "${KEY_VARIABLE}"
supports_websockets = false
request_max_retries = 0
stream_max_retries = 0

[features]
apps = false
plugins = false
remote_plugin = false

[analytics]
enabled = false

[otel]
metrics_exporter = "none"
`;
}
