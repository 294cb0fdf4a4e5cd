import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decide } from "../../../src/core/approvals/decide.ts";
import type { ApprovalPolicy } from "../../../src/core/approvals/policy.ts";
import { checkThreadOptions } from "../../../src/core/thread_options.ts";
import { EventBus } from "../../../src/events/bus.ts";
import { systemClock } from "../../../src/events/clock.ts";
import type { ApprovalRequest } from "../../../src/protocol/app_server/approvals.ts";
import { captureEvents } from "../../../src/testing/mod.ts";

const CALL = { callId: "c", threadId: "t", turnId: "u" };

const COMMAND: ApprovalRequest = {
  ...CALL,
  kind: "command",
  tool: "exec_command",
  command: "git push --force",
};

const PATCH: ApprovalRequest = { ...CALL, kind: "file_change", tool: "apply_patch", changes: [] };

const FORM: ApprovalRequest = {
  ...CALL,
  kind: "elicitation",
  tool: "book",
  server: "forms",
  message: "Which seat?",
  mode: "form",
  isToolApproval: false,
  needsContent: true,
};

async function run(
  policy: ApprovalPolicy | undefined,
  options: { request?: ApprovalRequest; timeoutMs?: number; signal?: AbortSignal } = {},
) {
  const { request = COMMAND, timeoutMs = 60_000, signal = new AbortController().signal } = options;
  const sink = new EventBus();
  const capture = captureEvents(sink);
  const decision = await decide(request, {
    policy,
    timeoutMs,
    signal,
    sink,
    clock: systemClock,
    metadata: () => ({ originator: "sdk", span_token: "s", thread_id: "t", turn_id: "u" }),
  });
  const [asked, told] = capture.events;
  assert.equal(asked?.name, "codex.approval.requested");
  const { tool, kind } = request;
  for (const event of [asked, told]) {
    const { tool: named, kind: of, call_id, thread_id, turn_id } = event!.metadata as never;
    assert.deepEqual([named, of, call_id, thread_id, turn_id], [tool, kind, "c", "t", "u"]);
  }
  return { decision, told: told!, count: capture.length };
}

describe("decide()", () => {
  const answers: [string, ApprovalPolicy | undefined, string, RegExp | undefined][] = [
    ["allow", "allow", "allow", undefined],
    ["deny", "deny", "deny", undefined],
    ["nothing", undefined, "deny", /No approvals were given/],
    ["a function", () => "allow-session", "allow-session", undefined],
    ["a function that denies", () => ({ deny: "too late" }), "deny", /^too late$/],
    [
      "a function that throws",
      () => {
        throw new Error("no idea");
      },
      "deny",
      /^no idea$/,
    ],
    ["a function that rejects", () => Promise.reject("nothing good"), "deny", /nothing good/],
    ["nonsense", (() => ({ allow: true })) as never, "deny", /none that is known/],
    ["no answer at all", (() => {}) as never, "deny", /none that is known/],
    ["a null", (() => null) as never, "deny", /none that is known/],
  ];
  for (const [name, policy, decision, reason] of answers) {
    it(`takes ${name} for ${decision}`, async () => {
      const outcome = await run(policy);
      assert.equal(outcome.decision.decision, decision);
      if (reason) assert.match(outcome.decision.reason ?? "", reason);
      else assert.equal(outcome.decision.reason, undefined);
      const ending = decision === "deny" ? "denied" : "approved";
      assert.equal(outcome.told.name, `codex.approval.${ending}`);
      const { decision: told, reason: why } = outcome.told.metadata as never;
      assert.deepEqual([told, why], [decision, outcome.decision.reason]);
      assert.equal(outcome.count, 2);
    });
  }

  const rules: [string, ApprovalPolicy, ApprovalRequest, string][] = [
    ["the first that matches", [{ answer: "allow" }, { answer: "deny" }], COMMAND, "allow"],
    ["a kind", [{ kind: "command", answer: "allow" }], PATCH, "deny"],
    ["a command line", [{ command: "git push --force", answer: "allow" }], COMMAND, "allow"],
    ["a part of it as text", [{ command: "git push", answer: "allow" }], COMMAND, "deny"],
    ["a pattern", [{ command: /^git push/, answer: "allow-session" }], COMMAND, "allow-session"],
    ["a command where there is none", [{ command: /./, answer: "allow" }], PATCH, "deny"],
    ["a tool", [{ tool: "apply_patch", answer: "allow" }], PATCH, "allow"],
    ["none", [], COMMAND, "deny"],
  ];
  for (const [name, policy, request, decision] of rules) {
    it(`goes by rules: ${name}`, async () => {
      assert.equal((await run(policy, { request })).decision.decision, decision);
    });
  }

  it("matches a global pattern every time", async () => {
    const policy: ApprovalPolicy = [{ command: /push/g, answer: "allow" }];
    for (const _ of [1, 2]) assert.equal((await run(policy)).decision.decision, "allow");
  });

  it("denies when nobody answers in time, and tells the function that it is too late", async () => {
    let reached = (_: unknown) => {};
    const aborted = new Promise((resolve) => reached = resolve);
    const { decision, told } = await run((_, { signal }) => {
      signal.addEventListener("abort", reached, { once: true });
      return new Promise(() => {});
    }, { timeoutMs: 5 });
    assert.deepEqual(decision, { decision: "deny", reason: "No answer within 5 ms." });
    assert.equal(told.name, "codex.approval.timeout");
    assert.ok((told.measurements as { duration_ms: number }).duration_ms > 0);
    await aborted;
  });

  it("denies when the turn ends, also one that has ended, and tells the function", async () => {
    const controller = new AbortController();
    let signal: AbortSignal | undefined;
    const { decision } = await run((_, context) => {
      signal = context.signal;
      controller.abort();
      return new Promise(() => {});
    }, { signal: controller.signal });
    assert.deepEqual(decision, { decision: "deny", reason: "The turn ended." });
    assert.equal(signal?.aborted, true);
    const late = await run(() => new Promise(() => {}), { signal: AbortSignal.abort() });
    assert.equal(late.decision.decision, "deny");
  });

  it("denies a form that it cannot fill in, and says so in its event", async () => {
    const { decision, told } = await run("allow", { request: FORM });
    assert.equal(decision.decision, "deny");
    assert.equal(told.name, "codex.approval.denied");
    const easy = await run("allow", { request: { ...FORM, needsContent: false } });
    assert.equal(easy.decision.decision, "allow");
  });
});

describe("checkThreadOptions()", () => {
  const run = () => "";
  const refused: [string, unknown][] = [
    ["a policy of another kind", { approvals: "maybe" }],
    ["a null", { approvals: null }],
    ["a rule without an answer", { approvals: [{ command: "ls" }] }],
    ["a rule with no known answer", { approvals: [{ answer: "yes" }] }],
    ["a rule that is null", { approvals: [null] }],
    ["a time limit in words", { approvalTimeoutMs: "30s" }],
    ["labels that are none", { labels: ["a"] }],
    ["a label that is no text", { labels: { ticket: 42 } }],
    ["tools that are no list", { tools: {} }],
    ["a tool that is none", { tools: [{ name: "x" }] }],
    ["two tools of one name", { tools: [{ name: "x", run }, { name: "x", run }] }],
  ];
  for (const [name, options] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(() => checkThreadOptions(options as never), TypeError);
    });
  }
  for (const approvalTimeoutMs of [0, -1, NaN, Infinity, 2 ** 31]) {
    it(`refuses a limit of ${approvalTimeoutMs} ms, which no timer can keep`, () => {
      assert.throws(() => checkThreadOptions({ approvalTimeoutMs }), RangeError);
    });
  }
  it("takes what can be used", () => {
    checkThreadOptions({});
    checkThreadOptions({ labels: { team: "web" } });
    checkThreadOptions({ approvals: [{ command: /^ls/, answer: "allow" }], tools: [] });
    checkThreadOptions({ approvals: () => "deny", approvalTimeoutMs: 2 ** 31 - 1 });
  });
});
