/** The small parts of the pipeline, each alone. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DEFAULT_BACKOFF, retryDelayMs } from "../../src/otlp/backoff.ts";
import { chooseGzip, compress } from "../../src/otlp/compress.ts";
import { DropLedger } from "../../src/otlp/drop_ledger.ts";
import { type Codec, encodeAll } from "../../src/otlp/encode.ts";
import { Gate } from "../../src/otlp/gate.ts";
import { HeaderSource } from "../../src/otlp/header_source.ts";
import { Intake } from "../../src/otlp/intake.ts";
import { Outbox } from "../../src/otlp/outbox.ts";
import { errorMessage, parsePartialSuccess, readBounded } from "../../src/otlp/response_body.ts";
import { scrubber } from "../../src/otlp/scrub.ts";
import { Ticket } from "../../src/otlp/ticket.ts";
import { peerClosed, tlsFailure } from "../../src/otlp/tls_failure.ts";
import { ManualClock } from "./helpers.ts";

describe("retryDelayMs()", () => {
  const cases: [number, number, number | undefined, number][] = [
    [1, 0.5, undefined, 1000],
    [1, 0, undefined, 800],
    [2, 0.5, undefined, 1500],
    [3, 0.5, undefined, 2250],
    [100, 0.5, undefined, 30_000],
    [100, 0.9999, undefined, 36_000],
    [1, 0.5, 0, 1000],
    [9, 0, 0, 800],
    [1, 0.5, 2000, 2000],
    [9, 0.5, 2000, 2000],
  ];
  for (const [failures, random, retryAfterMs, expected] of cases) {
    it(`gives ${expected} after ${failures} failures, Retry-After ${retryAfterMs}`, () => {
      const delay = retryDelayMs(failures, { policy: DEFAULT_BACKOFF, random, retryAfterMs });
      assert.ok(Math.abs(delay - expected) <= 1, `${delay}`);
    });
  }
});

describe("Gate", () => {
  function gate() {
    const clock = new ManualClock();
    let opened = 0;
    const gate = new Gate({ clock, policy: DEFAULT_BACKOFF, onOpen: () => opened++ });
    return { clock, gate, opened: () => opened };
  }

  it("closes after a failure and opens when its wait is over", async () => {
    const { clock, gate: subject, opened } = gate();
    subject.fail();
    assert.deepEqual([subject.closed, subject.troubled], [true, true]);
    await clock.advance(999);
    assert.equal(opened(), 0);
    await clock.advance(1);
    assert.deepEqual([subject.closed, subject.troubled, opened()], [false, true, 1]);
    subject.succeed();
    assert.equal(subject.troubled, false);
  });

  it("counts failures of requests sent together once", async () => {
    const { clock, gate: subject, opened } = gate();
    for (let i = 0; i < 8; i++) subject.fail();
    await clock.advance(1000);
    assert.equal(opened(), 1);
  });

  it("waits longer when one of them asks for it, and is not opened by a success", async () => {
    const { clock, gate: subject, opened } = gate();
    subject.fail();
    subject.fail(5000);
    subject.fail(100);
    subject.succeed();
    await clock.advance(4999);
    assert.deepEqual([opened(), subject.troubled], [0, true]);
    await clock.advance(1);
    assert.equal(opened(), 1);
  });
});

describe("Outbox", () => {
  const entry = (name: string, size: number) => ({ name, size });

  it("gives entries back in order, those that came back first", () => {
    const outbox = new Outbox<{ name: string; size: number }>(100);
    for (const name of ["a", "b", "c"]) outbox.push(entry(name, 10));
    const first = outbox.take()!;
    assert.equal(outbox.bytes, 30);
    outbox.restore(first);
    assert.deepEqual(
      [outbox.take(), outbox.take(), outbox.take(), outbox.take()].map((e) => e?.name),
      [
        "a",
        "b",
        "c",
        undefined,
      ],
    );
  });

  it("pushes the oldest out, and counts what is in flight", () => {
    const outbox = new Outbox<{ name: string; size: number }>(30);
    outbox.push(entry("a", 10));
    const flying = outbox.take()!;
    assert.deepEqual(outbox.push(entry("b", 10)), []);
    assert.deepEqual(outbox.push(entry("c", 10)), []);
    assert.deepEqual(outbox.push(entry("d", 10)).map((e) => e.name), ["b"]);
    outbox.release(flying);
    assert.equal(outbox.bytes, 20);
    assert.deepEqual(outbox.push(entry("huge", 31)).map((e) => e.name), ["c", "d", "huge"]);
    assert.deepEqual([outbox.bytes, outbox.length], [0, 0]);
  });
});

describe("Intake", () => {
  const ticket = () => new Ticket(1, () => {});

  it("gives items back in order, over the borders of calls", () => {
    const intake = new Intake<number>();
    const [one, two] = [ticket(), ticket()];
    intake.push([1, 2, 3], one);
    intake.push([4, 5], two);
    assert.deepEqual(intake.take(4), {
      items: [1, 2, 3, 4],
      owners: [{ ticket: one, from: 0, to: 3 }, { ticket: two, from: 3, to: 4 }],
    });
    assert.equal(intake.size, 1);
    assert.deepEqual(intake.take(4), {
      items: [5],
      owners: [{ ticket: two, from: 0, to: 1 }],
    });
    assert.deepEqual(intake.take(4), { items: [], owners: [] });
  });

  it("keeps calls apart when asked to", () => {
    const intake = new Intake<number>();
    intake.push([1, 2], ticket());
    intake.push([3], ticket());
    assert.deepEqual(intake.take(9, { apart: true }).items, [1, 2]);
  });

  it("keeps its order over many thousand calls", () => {
    const intake = new Intake<number>();
    const seen: number[] = [];
    for (let i = 0; i < 5000; i++) {
      intake.push([i], ticket());
      if (i % 3 === 2) seen.push(...intake.take(2).items);
    }
    seen.push(...intake.take(5000).items);
    assert.deepEqual(seen, Array.from({ length: 5000 }, (_, i) => i));
  });
});

describe("encodeAll()", () => {
  const codec: Codec<string> = {
    signal: "logs",
    maxItems: 10,
    weight: () => 1,
    encode(items) {
      if (items.includes("bad")) throw new TypeError("no");
      return new TextEncoder().encode(items.join(""));
    },
  };
  const runs = (items: string[], maxBytes: number) =>
    encodeAll(items, { codec, maxBytes }).map((run) =>
      "bytes" in run ? new TextDecoder().decode(run.bytes) : `${run.from}:${run.reason}`
    );

  it("makes one body of what fits", () => assert.deepEqual(runs(["a", "b"], 2), ["ab"]));
  it("makes none of nothing", () => assert.deepEqual(runs([], 2), []));
  it("divides what does not fit", () => {
    assert.deepEqual(runs(["a", "b", "c", "d", "e"], 2), ["ab", "c", "de"]);
  });
  it("gives back one that is too large, and keeps its neighbours", () => {
    assert.deepEqual(runs(["a", "long", "b"], 2), ["a", "1:too_large", "b"]);
  });
  it("gives back one that cannot be encoded, and keeps its neighbours", () => {
    assert.deepEqual(runs(["a", "b", "bad", "c"], 9), ["ab", "2:encoding", "c"]);
  });
});

describe("compress()", () => {
  const bytes = (length: number) => new Uint8Array(length).fill(97);

  it("leaves small bodies, and all when it is off", async () => {
    assert.equal((await compress(bytes(1024), chooseGzip(undefined))).gzip, false);
    assert.equal((await compress(bytes(9999), undefined)).gzip, false);
  });

  it("makes gzip of a larger body", async () => {
    const { bytes: zipped, gzip } = await compress(bytes(9999), chooseGzip(undefined));
    assert.ok(gzip && zipped.byteLength < 200);
    const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
    assert.equal(await new Response(stream).text(), "a".repeat(9999));
  });

  it("takes the platform's own gzip where there is one", async () => {
    const own = () => Promise.resolve(bytes(3));
    const { bytes: zipped } = await compress(bytes(9999), chooseGzip(own));
    assert.equal(zipped.byteLength, 3);
  });
});

describe("DropLedger", () => {
  it("announces the first drop at once and the others once per interval", async () => {
    const clock = new ManualClock();
    const told: [string, number][] = [];
    const announce = (reason: string, count: number) => void told.push([reason, count]);
    const ledger = new DropLedger({ clock, intervalMs: 1000, announce });
    ledger.add("queue_full", 5);
    ledger.add("queue_full", 6);
    ledger.add("rejected", 1);
    ledger.add("queue_full", 7);
    assert.deepEqual(told, [["queue_full", 5], ["rejected", 1]]);
    await clock.advance(1000);
    assert.deepEqual(told.slice(2), [["queue_full", 13]]);
    ledger.add("queue_full", 2);
    ledger.flush();
    assert.deepEqual(told.slice(3), [["queue_full", 2]]);
    assert.equal(ledger.total, 21);
    assert.equal(clock.pending, 0);
  });

  it("sets no timer once all is quiet", async () => {
    const clock = new ManualClock();
    const ledger = new DropLedger({ clock, intervalMs: 1000, announce: () => {} });
    ledger.add("rejected", 1);
    await clock.advance(5000);
    assert.equal(clock.pending, 0);
  });
});

describe("Ticket", () => {
  it("answers once, at the last item, with the first error", () => {
    const codes: [number, string | undefined][] = [];
    const ticket = new Ticket(3, ({ code, error }) => codes.push([code, error?.message]));
    ticket.settle(1);
    ticket.settle(1, new Error("first"));
    assert.deepEqual(codes, []);
    ticket.settle(1, new Error("second"));
    assert.deepEqual(codes, [[1, "first"]]);
  });

  it("survives a callback that throws", () => {
    const ticket = new Ticket(1, () => {
      throw new Error("from outside");
    });
    ticket.settle(1);
    assert.ok(ticket.settled);
  });
});

describe("HeaderSource", () => {
  it("asks a function once, and again after a refusal", async () => {
    let asked = 0;
    const source = new HeaderSource(() => ({ A: `${++asked}` }));
    const first = await source.get();
    assert.deepEqual([first, await source.get(), asked], [{ a: "1" }, { a: "1" }, 1]);
    source.refuse(first);
    assert.deepEqual(await source.get(), { a: "2" });
    source.refuse(first);
    assert.deepEqual(await source.get(), { a: "2" });
    assert.deepEqual(source.secrets, ["2", "1"]);
  });

  it("asks again after the function has failed", async () => {
    let asked = 0;
    const source = new HeaderSource(() => {
      if (++asked === 1) throw new Error("no token yet");
      return {};
    });
    await assert.rejects(async () => await source.get());
    assert.deepEqual(await source.get(), {});
  });
});

describe("parsePartialSuccess()", () => {
  const cases: [string | undefined, number, string | undefined][] = [
    ["", 0, undefined],
    ["{}", 0, undefined],
    ['{"partialSuccess":{}}', 0, undefined],
    ['{"partialSuccess":{"rejectedSpans":3}}', 3, undefined],
    ['{"partialSuccess":{"rejectedSpans":"3","errorMessage":"old"}}', 3, "old"],
    ['{"partialSuccess":{"errorMessage":"careful"}}', 0, "careful"],
    ['{"partialSuccess":{"rejectedLogRecords":3}}', 0, undefined],
    ['{"partialSuccess":{"rejectedSpans":-3}}', 0, undefined],
    ['{"partialSuccess":{"rejectedSpans":"many"}}', 0, undefined],
    ['{"partialSuccess":{"rejectedSpans":99}}', 10, undefined],
    ['{"partialSuccess":null}', 0, undefined],
    ["[1]", 0, undefined],
    ["<html>", 0, undefined],
    [undefined, 0, undefined],
  ];
  for (const [text, rejected, message] of cases) {
    it(`reads ${text}`, () => {
      const partial = parsePartialSuccess(text, { signal: "traces", count: 10 });
      assert.deepEqual([partial.rejected, partial.message], [rejected, message]);
    });
  }
});

describe("errorMessage()", () => {
  it("reads a google.rpc.Status, or a short text, and no page", () => {
    assert.equal(errorMessage('{"code":3,"message":"no"}'), "no");
    assert.equal(errorMessage("plain"), "plain");
    assert.equal(errorMessage("x".repeat(2000)), "");
    assert.equal(errorMessage(undefined), "");
  });
});

describe("readBounded()", () => {
  it("reads a body up to its limit", async () => {
    assert.equal(await readBounded(new Response("äbc"), 4), "äbc");
    assert.equal(await readBounded(new Response("abcde"), 4), undefined);
    assert.equal(await readBounded(new Response(null), 4), "");
  });
});

describe("scrubber()", () => {
  it("takes secrets out, whole and in part, and cuts", () => {
    const scrub = scrubber(() => ["Bearer abcdef", "xyz", "se cret"]);
    assert.equal(scrub("got Bearer abcdef,\n abcdef; xyz"), "got [redacted], [redacted]; xyz");
    assert.equal(scrub("se cret se%20cret"), "[redacted] [redacted]");
    assert.equal(scrub("y".repeat(500)).length, 401);
  });
});

describe("tlsFailure() and peerClosed()", () => {
  const wrap = (cause: object) => Object.assign(new TypeError("fetch failed"), { cause });
  const cases: [string, unknown, string | undefined, boolean][] = [
    ["Node, expired", wrap({ code: "CERT_HAS_EXPIRED" }), "tls_server_untrusted", false],
    ["Bun, unknown", { code: "SELF_SIGNED_CERT_IN_CHAIN" }, "tls_server_untrusted", false],
    [
      "Deno, expired",
      wrap({ message: "client error (Connect): invalid peer certificate: Expired" }),
      "tls_server_untrusted",
      false,
    ],
    [
      "Node, alert",
      wrap({ code: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED" }),
      "tls_client_rejected",
      false,
    ],
    [
      "Deno, alert",
      wrap({ message: "received fatal alert: CertificateRequired" }),
      "tls_client_rejected",
      false,
    ],
    [
      "Deno, unknown authority",
      { message: "received fatal alert: UnknownCA" },
      "tls_client_rejected",
      false,
    ],
    [
      "Node, closed",
      wrap({ code: "UND_ERR_SOCKET", message: "other side closed" }),
      undefined,
      true,
    ],
    ["Node, reset", wrap({ code: "ECONNRESET" }), undefined, true],
    [
      "Deno, closed",
      wrap({ message: "peer closed connection without close_notify" }),
      undefined,
      true,
    ],
    [
      "Node, refused",
      wrap(new AggregateError([Object.assign(new Error("x"), { code: "ECONNREFUSED" })])),
      undefined,
      false,
    ],
    ["nothing", undefined, undefined, false],
  ];
  for (const [what, error, failure, closed] of cases) {
    it(`tells ${what}`, () => {
      assert.deepEqual([tlsFailure(error), peerClosed(error)], [failure, closed]);
    });
  }

  it("ends for errors that are their own cause", () => {
    const error = new Error("round");
    error.cause = error;
    assert.equal(tlsFailure(error), undefined);
  });
});
