import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isCodexError } from "../../src/errors.ts";
import { brokenNameRule, CONTROL_FOLDER } from "../../src/files/names.ts";
import { Place } from "./helpers.ts";

const windows = process.platform === "win32";

describe("brokenNameRule()", () => {
  const cases: { name: string; posix: boolean; windows: boolean }[] = [
    { name: "a.txt", posix: true, windows: true },
    { name: ".env", posix: true, windows: true },
    { name: "-rf", posix: true, windows: true },
    { name: "~", posix: true, windows: true },
    { name: "...", posix: true, windows: false },
    { name: "2024-01-01T10:00:00.log", posix: true, windows: false },
    { name: "CON.txt", posix: true, windows: false },
    { name: "what?", posix: true, windows: false },
    { name: "é".repeat(127), posix: true, windows: true },
    { name: "é".repeat(128), posix: false, windows: false },
    { name: "", posix: false, windows: false },
    { name: "..", posix: false, windows: false },
    { name: "../a", posix: false, windows: false },
    { name: "a\\b", posix: false, windows: false },
    { name: "a\u2028b", posix: false, windows: false },
    { name: "a\u202etxt.exe", posix: false, windows: false },
    { name: "\udc00", posix: false, windows: false },
    { name: CONTROL_FOLDER, posix: false, windows: false },
    { name: CONTROL_FOLDER.toUpperCase(), posix: false, windows: false },
  ];
  for (const { name, ...allowed } of cases) {
    it(`judges ${encodeURI(name.slice(0, 30).toWellFormed())} of ${name.length} characters`, () => {
      assert.equal(brokenNameRule(name, { windows: false }) === undefined, allowed.posix);
      assert.equal(brokenNameRule(name, { windows: true }) === undefined, allowed.windows);
    });
  }
});

/** Names, of which many try to leave their folder. */
const names = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.array(fc.constantFrom("..", ".", "/", "\\", "\0", "\n", "a", "C:", "%2e", "~", " "), {
    maxLength: 8,
  }).map((parts) => parts.join("")),
);

describe("any name", () => {
  it("that is accepted names a file of its folder, and nothing else", () => {
    fc.assert(fc.property(names, (name) => {
      if (brokenNameRule(name, { windows }) !== undefined) return;
      const path = join("/staged/sum", name);
      assert.equal(dirname(path), join("/staged/sum"));
      assert.equal(basename(path), name);
    }));
  });

  it("is refused as attachment_name, or staged as it is", async () => {
    using place = new Place();
    const files = place.files();
    const path = place.source("a.txt");
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        try {
          const staged = await files.stage(path, { name });
          assert.equal(staged.name, name);
          assert.ok(readdirSync(dirname(staged.path)).includes(name));
          assert.equal(readFileSync(staged.path, "utf8"), "a.txt");
        } catch (error) {
          assert.ok(isCodexError(error, "attachment_name"), String(error));
        }
        assert.equal(place.names().length <= 1, true);
        assert.deepEqual(readdirSync(place.folder).sort(), ["a.txt", ...staging(place)]);
      }),
      { numRuns: 60 },
    );
  });
});

function staging(place: Place): string[] {
  return place.names().length > 0 ? ["staged"] : [];
}
