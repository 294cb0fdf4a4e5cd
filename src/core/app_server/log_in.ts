import type { AppServerConnection } from "./connection.ts";

/**
 * Gives the server an API key: it ignores the one in its environment (CLI 0.169). A child of ours is
 * started so that it keeps the key in memory.
 */
export async function logIn(connection: AppServerConnection, apiKey: string): Promise<void> {
  await connection.request("account/login/start", { type: "apiKey", apiKey });
}

/** Keeps what `logIn` gives in memory, where it would be written to `$CODEX_HOME/auth.json`. */
export const KEEP_LOGIN_IN_MEMORY = 'cli_auth_credentials_store="ephemeral"';
