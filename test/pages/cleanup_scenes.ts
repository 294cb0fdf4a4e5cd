import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Scene } from "./scene.ts";

/** Scenes of blocks that clean up. */
export const CLEANUP_SCENES: Readonly<Record<string, Scene>> = {
  "staged": {
    prepare: (stage) => stage.write({ "note.txt": "Be brief." }),
    before: `
import { files } from "@codex-otel/sdk";
await files.stage("note.txt");
`,
    check: (_, { folder }) => {
      const left = readdirSync(join(folder, "tmp"), { recursive: true });
      assert.deepEqual(left.filter((path) => String(path).includes("note.txt")), []);
    },
  },
  "wedged": {
    before: `
import { Codex, telemetry } from "@codex-otel/sdk";
import { catFixture } from "@codex-otel/sdk/testing";
const cli = catFixture([], { lingerMs: 90_000 });
const started = new Promise((resolve) => telemetry.attach("t", "codex.process.start", resolve));
export const run = new Codex({ codexPathOverride: cli.path }).startThread().run("Hang")
  .catch((error) => error);
await started;
`,
    after: `
console.log("the run ended:", (await before.run).code);
`,
    check({ stdout }) {
      assert.match(stdout, /^\d+ .*codex exec/m);
      assert.match(stdout, /^the run ended: exec_failed$/m);
    },
  },
};
