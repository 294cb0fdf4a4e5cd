/** Attachments in a soak: staged, found again, expired, swept. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Attachment, files } from "../../mod.ts";
import { chance, pause, pick, random } from "./chance.ts";
import type { Ledger } from "./ledger.ts";

/** A picture of one pixel. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** What a soak does with files. */
export interface SoakAttachments {
  /** One that is staged, or was. */
  pick(): Attachment | undefined;
  /** Stages a file, and now and then removes what is there. */
  act(): Promise<void>;
  /** Removes all, and finds what is left. */
  close(): Promise<void>;
}

/** Creates some files to be staged. */
export function createAttachments(ledger: Ledger): SoakAttachments {
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-soak-"));
  const paths = ["a.txt", "b.txt", "c.png"].map((name) => join(folder, name));
  for (const path of paths) writeFileSync(path, Buffer.from(PNG, "base64"));
  const staged: Attachment[] = [];
  return {
    pick: () => pick(staged),
    async act() {
      await pause(random(300));
      const path = pick(paths)!;
      // A content of its own now and then, lest there be three entries only.
      if (chance(0.3)) writeFileSync(path, `${Math.random()}`);
      const ttlMs = pick([20, 2_000, 60_000])!;
      staged.push(await files.stage(path, { ttlMs, name: `file-${random(3)}` }));
      staged.splice(0, staged.length - 5);
      ledger.count("files that were staged");
      if (chance(0.2)) await files.sweep();
      if (chance(0.05)) await files.forceCleanup();
    },
    async close() {
      rmSync(folder, { recursive: true });
      await files.reset();
      for (const left of readdirSync(files.stagingDir())) ledger.find(`${left} was left staged`);
      rmSync(files.stagingDir(), { recursive: true });
    },
  };
}
