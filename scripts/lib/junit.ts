/** Reads the JUnit reports that Node, Bun and Deno write. */

/** How many tests ended how. */
export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** What a report tells. */
export interface Report {
  totals: Totals;
  /** The name of each test that failed, with what it said first. */
  failures: string[];
}

interface TestCase {
  name: string;
  result: keyof Totals;
  body: string;
}

/** What is shown of a failure's message. */
const MAX_MESSAGE = 300;

// An attribute's value may hold a bare `>` (Node writes them so).
const TEST_CASE = /<testcase((?:\s+[\w-]+="[^"]*")*)\s*(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const NAME = /\sname="([^"]*)"/;
const MESSAGE = /<(?:failure|error)\b[^>]*?\smessage="([^"]*)"/;

/**
 * Reads a report. Suites do not count; Deno writes a suite as a test case of its own, recognised by
 * others whose names continue its name, and it counts only when it failed by itself.
 */
export function readReport(report: string): Report {
  const cases = Array.from(report.matchAll(TEST_CASE), ([, attributes = "", body = ""]) => ({
    name: unescapeXml(NAME.exec(attributes)?.[1] ?? ""),
    result: resultOf(body),
    body,
  }));
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  for (const testCase of cases) {
    const steps = cases.filter(({ name }) => name.startsWith(`${testCase.name} > `));
    if (steps.length > 0 && !failedByItself(testCase, steps)) continue;
    totals[testCase.result] += 1;
    if (testCase.result === "failed") failures.push(describeFailure(testCase));
  }
  return { totals, failures };
}

function describeFailure({ name, body }: TestCase): string {
  const message = MESSAGE.exec(body)?.[1] ?? "";
  return `${name}: ${unescapeXml(message).trim().replaceAll(/\s+/g, " ").slice(0, MAX_MESSAGE)}`;
}

const resultOf = (body: string): keyof Totals =>
  /<(failure|error)\b/.test(body) ? "failed" : /<skipped\b/.test(body) ? "skipped" : "passed";

const failedByItself = ({ result }: TestCase, steps: TestCase[]): boolean =>
  result === "failed" && steps.every((step) => step.result !== "failed");

function unescapeXml(text: string): string {
  return text.replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'").replaceAll("&#10;", "\n").replaceAll("&amp;", "&");
}

/** The sum of totals. */
export function addTotals(all: readonly Totals[]): Totals {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const totals of all) {
    sum.passed += totals.passed;
    sum.failed += totals.failed;
    sum.skipped += totals.skipped;
  }
  return sum;
}

/** `N passed, N failed`, and `, N skipped` where there are any. */
export function formatTotals({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
