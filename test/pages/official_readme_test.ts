import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { currentRuntime } from "../../scripts/lib/project.ts";
import {
  OFFICIAL_SDK,
  officialExamples,
  officialProgram,
} from "../../scripts/pages/official_readme.ts";
import { PNG } from "./scene.ts";
import { Stage } from "./stage.ts";

/** What comes of the examples for a package: what they print, and what they ask the model. */
async function play(sdk: string): Promise<{ printed: string; asked: unknown[] }> {
  await using stage = await Stage.open((_, index) => `Answer ${index + 1}.`);
  stage.write({ "ui.png": PNG, "diagram.jpg": PNG, "path/to/project/.git/HEAD": "" });
  const { env, folder, model } = stage;
  // One of the examples goes on with a thread that there was before.
  const [before = "", ...examples] = officialExamples();
  stage.write({ "before.ts": officialProgram(sdk, [before]) });
  const first = await stage.run(stage.program("before.ts"));
  assert.equal(first.code, 0, first.stderr);
  env["CODEX_THREAD_ID"] = threadIdOf(env["CODEX_HOME"]!);
  stage.write({ "main.ts": officialProgram(sdk, [before, ...examples]) });
  const { code, stdout, stderr } = await stage.run(stage.program("main.ts"));
  assert.equal(code, 0, stderr);
  const asked = model.requests.map(({ body }) => askedIn(body as unknown as Body, folder));
  return { printed: stdout, asked };
}

interface Body {
  input: { role?: string; content?: { text?: string; image_url?: string }[] }[];
  text?: { format?: unknown };
}

/** What the caller has a part in: all messages so far, and the schema of the answer. */
function askedIn({ input, text }: Body, folder: string): unknown {
  const contents = input.filter(({ role }) => role === "user" || role === "assistant")
    .flatMap(({ content = [] }) => content)
    // The official SDK brings a CLI of its own, which differs in what it adds itself.
    .filter((piece) => !piece.text?.startsWith("<environment_context>"))
    .map(({ text, image_url }) => text ?? image_url);
  return JSON.parse(JSON.stringify({ contents, text }).replaceAll(folder, "FOLDER"));
}

/** The CLI names the file of a thread by its id. */
function threadIdOf(codexHome: string): string {
  const files = readdirSync(join(codexHome, "sessions"), { recursive: true }).map(String);
  const [, id] = /([0-9a-f-]{36})\.jsonl$/.exec(files.find((path) => path.endsWith(".jsonl"))!)!;
  return id!;
}

describe("the examples of the official SDK's README", () => {
  it("are there, and import the official SDK only", () => {
    const examples = officialExamples();
    assert.ok(examples.length >= 10);
    const imports = examples.flatMap((code) => code.match(/from ".*"/g) ?? []);
    assert.deepEqual([...new Set(imports)], [`from "${OFFICIAL_SDK}"`]);
  });

  it("run with the import changed, and print and ask what they do with the official SDK", async () => {
    const ours = await play("@codex-otel/sdk");
    assert.match(ours.printed, /Answer 2\./);
    assert.match(JSON.stringify(ours.asked), /data:image\/png/);
    assert.match(JSON.stringify(ours.asked), /action_required/);
    // The official SDK is not made for Deno, and now and then hangs there.
    if (currentRuntime() === "deno") return;
    const theirs = await play(OFFICIAL_SDK);
    assert.equal(ours.printed, theirs.printed);
    assert.deepEqual(ours.asked, theirs.asked);
  });
});
