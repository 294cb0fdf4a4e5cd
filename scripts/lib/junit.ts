/** Counts tests in the JUnit reports that Node, Bun and Deno write. */

/** How many tests ended how. */
export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

interface TestCase {
  name: string;
  result: keyof Totals;
}

// An attribute's value may hold a bare `>` (Node writes them so).
const TEST_CASE = /<testcase((?:\s+[\w-]+="[^"]*")*)\s*(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const NAME = /\sname="([^"]*)"/;

/**
 * Counts the tests of a report. Suites do not count; Deno writes a suite as a test case of its own,
 * recognised by others whose names continue its name, and it counts only when it failed by itself.
 */
export function countTests(report: string): Totals {
  const cases = Array.from(report.matchAll(TEST_CASE), ([, attributes = "", body = ""]) => ({
    name: unescapeXml(NAME.exec(attributes)?.[1] ?? ""),
    result: resultOf(body),
  }));
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const testCase of cases) {
    const steps = cases.filter(({ name }) => name.startsWith(`${testCase.name} > `));
    if (steps.length === 0 || failedByItself(testCase, steps)) totals[testCase.result] += 1;
  }
  return totals;
}

const resultOf = (body: string): keyof Totals =>
  /<(failure|error)\b/.test(body) ? "failed" : /<skipped\b/.test(body) ? "skipped" : "passed";

const failedByItself = ({ result }: TestCase, steps: TestCase[]): boolean =>
  result === "failed" && steps.every((step) => step.result !== "failed");

function unescapeXml(text: string): string {
  return text.replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'").replaceAll("&amp;", "&");
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
