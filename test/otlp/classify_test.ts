import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRetryAfter, redirectTarget, statusVerdict } from "../../src/otlp/classify.ts";

describe("statusVerdict()", () => {
  const cases: Record<string, number[]> = {
    accepted: [200, 202, 204, 299],
    retry: [429, 502, 503, 504],
    redirect: [301, 302, 303, 307, 308],
    refused: [100, 300, 304, 400, 401, 403, 404, 408, 413, 422, 500, 501, 505, 599],
  };
  for (const [verdict, statuses] of Object.entries(cases)) {
    it(`says ${verdict} for ${statuses.join(", ")}`, () => {
      for (const status of statuses) assert.equal(statusVerdict(status), verdict, `${status}`);
    });
  }
});

describe("parseRetryAfter()", () => {
  const now = Date.UTC(2026, 10, 22, 12, 0, 0);
  const cases: [string | null, number | undefined][] = [
    [null, undefined],
    ["", undefined],
    ["2", 2000],
    [" 0 ", 0],
    ["-1", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["7", 7000],
    ["99999999999999999999", 3_600_000],
    ["Sun, 22 Nov 2026 12:00:05 GMT", 5000],
    ["Sunday, 22-Nov-26 12:00:05 GMT", 5000],
    ["Sun, 22 Nov 2026 11:00:00 GMT", 0],
    ["Mon, 23 Nov 2026 12:00:00 GMT", 3_600_000],
    ["2026-11-22T12:00:05Z", undefined],
  ];
  for (const [value, expected] of cases) {
    it(`reads ${JSON.stringify(value)} as ${expected}`, () => {
      assert.equal(parseRetryAfter(value, now), expected);
    });
  }
});

describe("redirectTarget()", () => {
  const from = "https://collector.example:4318/v1/traces";
  const cases: [number, string | null, string | undefined][] = [
    [307, "/other/v1/traces", "https://collector.example:4318/other/v1/traces"],
    [308, "https://collector.example:4318/x", "https://collector.example:4318/x"],
    [307, "https://collector.example/x", undefined],
    [307, "http://collector.example:4318/x", undefined],
    [307, "//elsewhere.example/x", undefined],
    [301, "/other", undefined],
    [302, "/other", undefined],
    [303, "/other", undefined],
    [307, null, undefined],
    [307, "http://[", undefined],
    [200, "/other", undefined],
  ];
  for (const [status, location, expected] of cases) {
    it(`gives ${expected} for ${status} to ${location}`, () => {
      assert.equal(redirectTarget(status, { from, location }), expected);
    });
  }
});
