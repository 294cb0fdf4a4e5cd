import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { OFFICIAL_TYPES, officialDrift } from "../../scripts/official_types.ts";
import { withFiles } from "./temp_project.ts";

/** The official declarations with some texts replaced. */
function changed(...changes: readonly (readonly [before: string, after: string])[]): string {
  return changes.reduce((text, [before, after]) => {
    assert.ok(text.includes(before), `the declarations have no ${before}`);
    return text.replace(before, after);
  }, readFileSync(OFFICIAL_TYPES, "utf8"));
}

describe("officialDrift()", () => {
  it("tells every way in which the official SDK may change", async () => {
    const declarations = changed(
      ["type AgentMessageItem, type", "type NewItem, type AgentMessageItem, type"],
      ["type Usage = {", "type NewItem = { type: 'new' };\ntype Usage = {\n    fresh: number;"],
      [", type WebSearchMode }", " }"],
      ["codexPathOverride?: string;", "codexPathOverride?: string;\n    codexHome?: string;"],
      ['"read-only" |', '"read-only" | "read-most" |'],
      ["exit_code?: number;", "exit_code?: string;"],
      ["type ThreadItem = Agent", "type ThreadItem = NewItem | Agent"],
      ["text: string;\n    completed: boolean", "text: string;\n    completed?: boolean"],
      ["get id(): string | null;", "get id(): string | null;\n    archive(): Promise<void>;"],
      ["startThread(options?: Thr", "startThread(name: string, options?: Thr"],
      ["constructor(options?: Cod", "constructor(name: string, options?: Cod"],
    );
    const drift = await withFiles(
      { "official.d.ts": declarations },
      (folder) => officialDrift(join(folder, "official.d.ts")),
    );
    for (
      const line of [
        "NewItem: is new, and has no place in scripts/official_types.ts",
        "WebSearchMode: is gone",
        "CodexOptions: ours lacks a member",
        "SandboxMode: theirs does not fit ours",
        "Usage: ours lacks a member",
        "Usage: ours does not fit theirs",
        "CommandExecutionItem: ours does not fit theirs",
        "ThreadItem: ours lacks a kind",
        "TodoListItem: theirs does not fit ours",
        "Thread: ours lacks a member",
        "Thread: ours cannot be called as theirs",
        "Codex: ours cannot be called as theirs",
        "Codex: ours cannot be made as theirs",
      ]
    ) assert.ok(drift.includes(line), `${line} is missing of\n${drift.join("\n")}`);
  });

  it("tells when there is nothing to compare", async () => {
    const drift = await withFiles(
      { "official.d.ts": "export {};\n" },
      (folder) => officialDrift(join(folder, "official.d.ts")),
    );
    assert.ok(drift.includes("Codex: is gone"));
  });
});
