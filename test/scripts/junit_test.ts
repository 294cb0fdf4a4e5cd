import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addTotals, formatTotals, readReport } from "../../scripts/lib/junit.ts";

const FAILURE = '<failure>\n1 !== 2 &lt;testcase name="x"/>\n</failure>';

describe("readReport()", () => {
  it("counts a report of Node, where suites nest and names hold bare brackets", () => {
    const report = `<testsuites>
      <testsuite name="outer" tests="4" failures="1" skipped="1">
        <testcase name="a > b" time="0.1" classname="test"/>
        <testcase name="fails" classname="test" failure="1 !== 2">${FAILURE}</testcase>
        <testcase name="c" classname="test"><skipped type="skipped" message="true"/></testcase>
        <testsuite name="inner"><testcase name="d" classname="test"/></testsuite>
      </testsuite>
      <!-- pass 2 -->
    </testsuites>`;
    assert.deepEqual(readReport(report).totals, { passed: 2, failed: 1, skipped: 1 });
  });

  it("counts a report of Deno, where a suite is a test case too", () => {
    const report = `<testsuites tests="4" failures="2"><testsuite name="./a_test.ts">
      <testcase name="outer"><failure message="1 test step failed">1 step.</failure></testcase>
      <testcase name="outer &gt; a"></testcase>
      <testcase name="outer &gt; b"><failure message="no">no</failure></testcase>
      <testcase name="outer &gt; c"><skipped/></testcase>
    </testsuite></testsuites>`;
    assert.deepEqual(readReport(report).totals, { passed: 1, failed: 1, skipped: 1 });
  });

  it("counts a suite that failed though none of its tests did", () => {
    const report = `<testcase name="outer"><failure>in a hook</failure></testcase>
      <testcase name="outer &gt; a"></testcase>`;
    assert.deepEqual(readReport(report).totals, { passed: 1, failed: 1, skipped: 0 });
  });

  it("tells what failed, and why, as each runtime reports it", () => {
    const node = `<testcase name="says &quot;so&quot;" classname="test" failure="1 == 2">
      <failure type="testCodeFailure" message="1 == 2&#10;&#10;+ a">Error</failure></testcase>`;
    assert.deepEqual(readReport(node).failures, ['says "so": 1 == 2 + a']);
    const bun = `<testcase name="b" file="b_test.ts"><failure type="TypeError" /></testcase>`;
    assert.deepEqual(readReport(bun).failures, ["b: "]);
    const deno = `<testcase name="a"><failure message="1 test step failed"></failure></testcase>
      <testcase name="a &gt; b"><failure message="${"no".repeat(500)}"></failure></testcase>`;
    assert.deepEqual(readReport(deno).failures, [`a > b: ${"no".repeat(150)}`]);
  });

  it("counts nothing in no report", () => {
    assert.deepEqual(readReport("").totals, { passed: 0, failed: 0, skipped: 0 });
  });
});

describe("formatTotals()", () => {
  it("names skipped tests only where there are any", () => {
    const totals = addTotals([
      { passed: 1, failed: 0, skipped: 0 },
      { passed: 2, failed: 3, skipped: 0 },
    ]);
    assert.equal(formatTotals(totals), "3 passed, 3 failed");
    assert.equal(formatTotals({ ...totals, skipped: 4 }), "3 passed, 3 failed, 4 skipped");
  });
});
