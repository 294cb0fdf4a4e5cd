import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fieldRows, table } from "../../scripts/docs/markdown.ts";
import { Shapes } from "../../scripts/docs/shapes.ts";
import { ROOT } from "../../scripts/lib/project.ts";
import { makeDocs } from "../../scripts/make_docs.ts";
import { EVENT_NAMES } from "../../src/events/catalogue.ts";

const page = (name: string) => readFileSync(join(ROOT, "docs", name), "utf8");

describe("the generated pages", () => {
  it("are told when they are out of date, also only because of a line", () => {
    const pages = {
      "docs/decisions.md": () => page("decisions.md"),
      "docs/events.md": () => page("events.md") + "\nOne more line.\n",
      "docs/nowhere.md": () => "# New\n",
    };
    const stale = makeDocs({ write: false, pages });
    assert.deepEqual(stale, ["docs/events.md", "docs/nowhere.md"]);
  });

  it("have a section for each event", () => {
    const sections = page("events.md").match(/^## codex\..*$/gm);
    assert.deepEqual(sections, EVENT_NAMES.map((name) => `## ${name}`));
  });

  it("link to sections that are there", () => {
    const text = page("events.md");
    const links = new Set(Array.from(text.matchAll(/\]\(#([^)]*)\)/g), ([, to]) => to));
    const anchors = Array.from(text.matchAll(/^#+ (.*)$/gm), ([, title]) => title?.toLowerCase());
    assert.ok(links.size >= 3);
    for (const link of links) assert.ok(anchors.includes(link), `there is no section ${link}`);
  });
});

describe("Shapes", () => {
  const shapes = new Shapes(["src/telemetry/spans/attribute_names.ts", "src/events/catalogue.ts"]);

  it("reads the fields of types that are put together, and writes out the names of unions", () => {
    const fields = shapes.fieldsOf("TurnAttributes");
    assert.deepEqual(fields.find(({ name }) => name === "codex.thread.result"), {
      name: "codex.thread.result",
      optional: true,
      type: '"ok" | "error" | "early_exit"',
      doc: "How the turn ended.",
    });
    assert.equal(fields.find(({ name }) => name === "codex.labels.NAME")?.type, "string");
  });

  it("refuses a type that it has not read", () => {
    assert.throws(() => shapes.fieldsOf("Nobody"), /there is no type Nobody/);
  });
});

describe("fieldRows()", () => {
  const field = { name: "a", optional: true, type: "number", doc: "How many." };

  it("writes a row for a field", () => {
    assert.deepEqual(fieldRows([field]), [["`a?`", "`number`", "How many."]]);
  });

  it("refuses a field that nobody has described", () => {
    assert.throws(() => fieldRows([{ ...field, doc: "" }]), /the field a has no doc comment/);
  });
});

describe("table()", () => {
  it("keeps bars within cells, and is nothing without rows", () => {
    assert.deepEqual(table(["x"], [["a | b"]]), ["| x |", "| --- |", "| a \\| b |", ""]);
    assert.deepEqual(table(["x"], []), []);
  });
});
