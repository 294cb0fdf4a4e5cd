import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createRedactor, redact } from "../../src/telemetry/redact.ts";

const KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKC\n-----END RSA PRIVATE KEY-----";

/** Built from parts, so that no scanner takes this file for a leak. */
const GITHUB = "ghp_" + "a1B2".repeat(9);
const SLACK = "xoxb-" + "1234567890-abcdef";
const OPENAI = "sk-" + "proj-abcdefghijklmnop1234";
const AWS = "AKIA" + "IOSFODNN7EXAMPLE";

describe("redact()", () => {
  const cases: [text: string, expected: string][] = [
    ["Authorization: Bearer abc.def-123", "Authorization: Bearer [redacted]"],
    ['{"authorization":"bearer abcdefgh"}', '{"authorization":"bearer [redacted]"}'],
    ["authorization=Basic dXNlcjpwYXNz", "authorization=Basic [redacted]"],
    [`key ${OPENAI}, next`, "key [redacted], next"],
    [`id=${AWS}.`, "id=[redacted]."],
    ["aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = [redacted]"],
    [`x ${GITHUB} y`, "x [redacted] y"],
    ["github_pat_" + "A".repeat(22), "[redacted]"],
    ["-----BEGIN PGP PRIVATE KEY BLOCK-----\nx\n-----END PGP PRIVATE KEY BLOCK-----", "[redacted]"],
    [`x-${SLACK}`, "x-[redacted]"],
    [`before\n${KEY}\nafter`, "before\n[redacted]\nafter"],
    [`${KEY.slice(0, 50)}`, "[redacted]"],
    [`${KEY}${KEY}`, "[redacted][redacted]"],
    [JSON.stringify({ key: KEY }), '{"key":"[redacted]"}'],
    ["https://user:p%40ss@host/path?q=1", "https://[redacted]@host/path?q=1"],
    ["postgres://u:p@ss@db:5432/x", "postgres://[redacted]@db:5432/x"],
    ["git clone https://token@github.com/a/b", "git clone https://[redacted]@github.com/a/b"],
    ["OPENAI_API_KEY=abc\nPATH=/bin", "OPENAI_API_KEY=[redacted]\nPATH=/bin"],
    ['{"cmd":"DB_PASSWORD=x y"}', '{"cmd":"DB_PASSWORD=[redacted] y"}'],
    ["CODEX_OTLP_HEADERS=a=b, c=d\nX=1", "CODEX_OTLP_HEADERS=[redacted]\nX=1"],
  ];
  for (const [text, expected] of cases) {
    it(`masks ${JSON.stringify(text.slice(0, 40))}`, () => assert.equal(redact(text), expected));
  }

  const innocent = [
    "",
    "ls -l",
    "execute_tool exec_command npm",
    "The command exited with code 1.",
    "a task-force of desk-workers-and-so-on-and-on",
    "mail me at a@b.example or https://host/a@b",
    "bearer of news",
    "max_tokens=5 keys=3",
    "0af7651916cd43dd8448eb211c80319c",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
  ];
  for (const text of innocent) {
    it(`leaves ${JSON.stringify(text)} alone`, () => assert.equal(redact(text), text));
  }

  it("finds a secret whatever stands around it, and masks for good", () => {
    const secrets = [OPENAI, AWS, GITHUB, SLACK, KEY, "Bearer abc.def-123"];
    const around = fc.string({ unit: fc.constantFrom(..." \n\t\"',;:(){}[]=/<>é😀") });
    fc.assert(fc.property(around, fc.constantFrom(...secrets), around, (a, secret, b) => {
      const masked = redact(`${a}${secret}${b}`);
      assert.equal(masked.includes(secret), false);
      assert.equal(redact(masked), masked);
    }));
  });

  const adversarial = [
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN ",
    "-----END PRIVATE KEY-----",
    "bearer ",
    "bearer        ",
    "://",
    "://a:",
    "a:b@",
    "sk-",
    "sk-a ",
    "AKIA",
    "ghp_",
    "xoxb-",
    "_KEY=",
    "A_",
    "_HEADERS=\n",
    "aws_secret_access_key=    ",
    " ",
    "a",
    "@",
  ];
  it("takes time linear in any text that is made of beginnings of secrets", () => {
    const piece = fc.array(fc.constantFrom(...adversarial), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(piece, (parts) => {
        const part = parts.join("");
        const start = performance.now();
        redact(part.repeat(Math.ceil(1_000_000 / part.length)));
        return performance.now() - start < 5_000;
      }),
      { numRuns: 30 },
    );
  });

  for (const part of adversarial) {
    it(`takes time linear in a text of ${JSON.stringify(part)}`, () => {
      const timeOf = (length: number) => {
        const text = part.repeat(Math.ceil(length / part.length));
        const start = performance.now();
        redact(text);
        return performance.now() - start;
      };
      timeOf(10_000);
      // Quadratic time for 1 MB would be minutes; the bound is generous for a busy machine.
      assert.ok(timeOf(1_000_000) < 5_000);
    });
  }
});

describe("createRedactor()", () => {
  it("runs the user's function after the built-in one", () => {
    const redactor = createRedactor((text) =>
      text.replace("[redacted]", "***").replace("me", "**")
    );
    assert.equal(redactor(`me ${OPENAI}`), "** ***");
  });

  it("masks everything when the user's function throws or gives no text", () => {
    const throwing = createRedactor(() => {
      throw new Error("no");
    });
    assert.equal(throwing("text"), "[redacted]");
    assert.equal(createRedactor(() => undefined as unknown as string)("text"), "[redacted]");
  });
});
