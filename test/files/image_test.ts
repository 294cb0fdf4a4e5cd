import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasImageMagic, isImage } from "../../src/files/image.ts";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe("hasImageMagic()", () => {
  const cases: [string, string, boolean][] = [
    ["PNG", "\x89PNG\r\n\x1a\n\0\0", true],
    ["JPEG", "\xff\xd8\xff\xe0\0\x10JFIF", true],
    ["GIF 87", "GIF87a", true],
    ["GIF 89", "GIF89a\x01\0", true],
    ["WebP", "RIFF\n\0\r\nWEBP", true],
    ["another RIFF", "RIFF\0\0\0\0WAVE", false],
    ["a cut PNG", "\x89PNG", false],
    ["SVG", "<svg xmlns=", false],
    ["BMP", "BM\0\0\0\0", false],
    ["nothing", "", false],
    ["an image further back", " GIF89a", false],
  ];
  for (const [title, head, expected] of cases) {
    it(`is ${expected} for ${title}`, () => assert.equal(hasImageMagic(bytes(head)), expected));
  }
});

describe("isImage()", () => {
  it("takes both the extension and the content", () => {
    for (const name of ["a.png", "a.b.JPEG", ".gif", "x.webp", "y.jpg"]) {
      assert.equal(isImage(name, true), true, name);
      assert.equal(isImage(name, false), false, name);
    }
    for (const name of ["a", "png", "a.png.txt", "a.svg", "a.bmp"]) {
      assert.equal(isImage(name, true), false, name);
    }
  });
});
