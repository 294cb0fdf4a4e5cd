import assert from "node:assert/strict";
import { it } from "node:test";
import { displayCommand } from "../../src/core/display_command.ts";

it("displayCommand() quotes like a shell and hides the values of config overrides", () => {
  const table: [string[], string][] = [
    [["codex", "exec"], "codex exec"],
    [["/a b/codex", ""], "'/a b/codex' ''"],
    [["codex", "it's"], `codex 'it'\\''s'`],
    [["codex", "--config", "mcp.x.headers={a = 'secret=1'}"], "codex --config mcp.x.headers=***"],
    [["codex", "-c", "key=secret", "--model", "m=n"], "codex -c key=*** --model m=n"],
    [["codex", "--config", "secret"], "codex --config ***"],
    [["codex", "--config"], "codex --config"],
  ];
  for (const [[command = "", ...args], shown] of table) {
    const line = displayCommand(command, args);
    assert.equal(line, shown);
    assert.doesNotMatch(line, /secret/);
  }
});
