/**
 * A process that stages files beside others: `stage <root> <path>…` stages each once;
 * `contend <root> <folder> <rounds>` stages the same files as all others, lets them expire and
 * stages them anew, while it sweeps.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { EventBus } from "../../src/events/bus.ts";
import { createFiles } from "../../src/files/files.ts";
import { stagingPlatform } from "../../src/runtime/staging_platform.ts";

const [task, stagingDir, ...rest] = process.argv.slice(2);
const telemetry = new EventBus();
const files = createFiles({ platform: stagingPlatform, telemetry, stagingDir: stagingDir! });
const lost: string[] = [];

async function stageAll(paths: string[]): Promise<void> {
  for (const path of paths) {
    const staged = await files.stage(path);
    if (!existsSync(staged.path)) lost.push(staged.path);
  }
}

async function contend(folder: string, rounds: number): Promise<void> {
  const kept: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const path = join(folder, `shared-${round}`);
    await files.stage(path, { ttlMs: 1 });
    await files.sweep();
    const staged = await files.stage(path, { name: `name-${round % 3}-of-${round}` });
    kept.push(staged.path);
    await files.sweep();
    lost.push(...kept.filter((keptPath) => !existsSync(keptPath)));
  }
}

if (task === "stage") await stageAll(rest);
else await contend(rest[0]!, Number(rest[1]));
process.stdout.write(JSON.stringify({ lost, metrics: await files.metrics() }));
