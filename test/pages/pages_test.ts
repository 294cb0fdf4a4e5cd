import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import type { Block } from "../../scripts/pages/blocks.ts";
import { moduleText, pageBlocks } from "../../scripts/pages/page_blocks.ts";
import { ROOT, runtimeProgram } from "../../scripts/lib/project.ts";
import { PLAIN, type Scene } from "./scene.ts";
import { SCENES } from "./scenes.ts";
import { Stage } from "./stage.ts";

const blocks = pageBlocks();

/** The files of a page that a block below them uses. */
const filesOf = ({ page, line }: Block): Block[] =>
  blocks.filter((one) => one.page === page && one.line < line && one.mark?.kind === "file");

function sceneOf({ mark }: Block): Scene {
  if (mark === undefined) return PLAIN;
  const scene = SCENES[mark.text];
  assert.ok(scene, `there is no scene ${mark.text}`);
  return scene;
}

function replaced(text: string, { replace = {} }: Scene): string {
  return Object.entries(replace).reduce((so_far, [before, after]) => {
    assert.ok(so_far.includes(before), `the block has no ${before}`);
    return so_far.replaceAll(before, after);
  }, text);
}

/** The module that plays a `ts` block in its scene, one after the other. */
const mainModule = ({ after = "" }: Scene): string => `
const before = await import("./before.ts");
const block = await import("./block.ts");
${after}
export {};
`;

function runModule(stage: Stage, block: Block, scene: Scene) {
  stage.write({
    "before.ts": `${scene.before ?? ""}\nexport {};\n`,
    "block.ts": replaced(moduleText(block), scene),
    "main.ts": mainModule(scene),
  });
  const { host } = scene;
  if (!host) return stage.run(stage.program("main.ts"), scene);
  stage.write({ "host.ts": host.module });
  return stage.run(host.command, scene);
}

function runShell(stage: Stage, block: Block, scene: Scene) {
  const play = (name: string) => stage.program(name).map((word) => `'${word}'`).join(" ");
  const lines = ["set -eu", replaced(block.code, scene)];
  for (const [name, module] of Object.entries({ before: scene.before, after: scene.after })) {
    if (module === undefined) continue;
    stage.write({ [`${name}.ts`]: module });
    if (name === "before") lines.splice(1, 0, play("before.ts"));
    else lines.push(play("after.ts"));
  }
  return stage.run(["bash", "-c", lines.join("\n")], scene);
}

/** Programs that blocks use, and how to start those that this project brings. */
const PROGRAMS: Readonly<Record<string, string>> = {
  npm: "npm",
  git: "git",
  node: "node",
  bun: runtimeProgram("bun"),
};

/** Why a block cannot be run here, where it cannot: a machine may have Deno alone. */
function skipReason(block: Block): string | false {
  if (block.mark?.kind === "not run") return block.mark.text;
  const words = block.language === "bash" ? block.code.split(/\s+/) : [];
  const used = [...words, ...sceneOf(block).host?.command ?? []].filter((word) => word in PROGRAMS);
  const missing = used.find((name) => spawnSync(PROGRAMS[name]!, ["--version"]).status !== 0);
  return missing ? `there is no ${missing} on this machine` : false;
}

describe("the code blocks of the pages", { concurrency: 2 }, () => {
  for (
    const block of blocks.filter(({ mark, language }) =>
      language !== "text" && mark?.kind !== "file"
    )
  ) {
    it(`${block.page}:${block.line} runs`, { skip: skipReason(block) }, async () => {
      const scene = sceneOf(block);
      await using stage = await Stage.open(scene.answers ?? []);
      const links = {
        '"imports": {': `"links": ["${ROOT}"], "nodeModulesDir": "manual", "imports": {`,
      };
      for (const { mark, code } of filesOf(block)) {
        const replace = mark!.text === "deno.json" ? links : {};
        stage.write({ [mark!.text]: replaced(code, { replace }) });
      }
      await scene.prepare?.(stage);
      const ended = await (block.language === "ts" ? runModule : runShell)(stage, block, scene);
      assert.equal(ended.code, 0, `${ended.stdout}\n${ended.stderr}`);
      assert.deepEqual(stage.model.problems, []);
      await scene.check?.(ended, stage);
    });
  }

  it("use every file that they show, and every scene that there is", () => {
    const shells = blocks.filter(({ language }) => language === "bash");
    const files = blocks.filter(({ mark }) => mark?.kind === "file").map(({ mark }) => mark!.text);
    for (const file of files.filter((name) => name !== "deno.json")) {
      const isUsed = [...shells, ...blocks].some(({ code }) => code.includes(file));
      assert.ok(isUsed, `no block uses ${file}`);
    }
    const named = new Set(blocks.flatMap(({ mark }) => mark?.kind === "run" ? [mark.text] : []));
    assert.deepEqual(Object.keys(SCENES).filter((name) => !named.has(name)), []);
  });
});
