/** What is handed in, or comes back, that nobody would hand in or send back on purpose. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { diag, DiagLogLevel } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import type { HeaderRecord } from "../../src/otlp/exporters.ts";
import { OTLPTraceExporter } from "../../src/otlp/exporters.ts";
import { exported, finishedSpans, ManualClock, soon, turn } from "./helpers.ts";
import { ACCEPTED, REFUSED, rig, SPANS } from "./rig.ts";

describe("An exporter with a function for headers", () => {
  it("asks again after one that never answered, and says which it waited for", async () => {
    let asked = 0;
    const headers = () => ++asked === 1 ? new Promise<never>(() => {}) : { a: "1" };
    const { clock, exporter, recorder, posted } = rig(ACCEPTED, { headers });
    exporter.export(SPANS, () => {});
    await soon(() => asked === 1);
    await clock.advance(10_000);
    assert.deepEqual(recorder.failures.map(({ reason }) => reason), ["headers"]);
    assert.match(recorder.failures[0]!.message, /headers took longer than 10000 ms/);
    await clock.advance(2000);
    await soon(() => exporter.stats().exported === 100);
    assert.deepEqual([asked, posted.length], [2, 1]);
  });

  it("sends nothing twice when it answers after the request was given up", async () => {
    const answers: ((headers: HeaderRecord) => void)[] = [];
    const headers = () => new Promise<HeaderRecord>((resolve) => answers.push(resolve));
    const { clock, exporter, posted } = rig(ACCEPTED, { headers });
    exporter.export(SPANS, () => {});
    await soon(() => answers.length === 1);
    await clock.advance(10_000);
    answers[0]!({});
    await clock.advance(2000);
    await soon(() => exporter.stats().exported === 100);
    assert.equal(posted.length, 1);
  });

  const failing: Record<string, () => HeaderRecord | Promise<HeaderRecord>> = {
    "throws": () => {
      throw new Error("secret");
    },
    "rejects": () => Promise.reject(new Error("secret")),
    "gives no headers": () => undefined as unknown as HeaderRecord,
    "gives what HTTP does not allow": () => ({ a: "secret\n" }),
  };
  for (const [what, fail] of Object.entries(failing)) {
    it(`keeps the spans while it ${what}, and tells no secret`, async () => {
      let isBroken = true;
      const headers = () => isBroken ? fail() : {};
      const { clock, exporter, recorder } = rig(ACCEPTED, { headers });
      exporter.export(SPANS, () => {});
      await soon(() => recorder.failures.length === 1);
      await clock.advance(5000);
      assert.ok(recorder.failures.length > 1);
      assert.ok(recorder.failures.every(({ reason }) => reason === "headers"));
      assert.doesNotMatch(JSON.stringify([recorder, exporter.stats()]), /secret/);
      isBroken = false;
      await clock.advance(30_000);
      await soon(() => exporter.stats().exported === 100);
      assert.equal(exporter.stats().dropped, 0);
    });
  }
});

describe("An exporter with a fetch of the user's", () => {
  const failing: Record<string, () => Promise<Response>> = {
    "throws before it gives a promise": () => {
      throw new TypeError("bad fetch");
    },
    "gives undefined": () => Promise.resolve(undefined as unknown as Response),
    "rejects with nothing": () => Promise.reject(undefined),
  };
  for (const [what, fail] of Object.entries(failing)) {
    it(`tries again when it ${what}`, async () => {
      let isBroken = true;
      const { clock, exporter, recorder } = rig(() => isBroken ? fail() : ACCEPTED());
      exporter.export(SPANS, () => {});
      await soon(() => recorder.failures.length > 0);
      assert.deepEqual(recorder.failures.map(({ reason }) => reason), ["connection"]);
      isBroken = false;
      await clock.advance(2000);
      await soon(() => exporter.stats().exported === 100);
    });
  }
});

describe("An exporter that is told when to come back", () => {
  const cases: [retryAfter: string, first: number, last: number][] = [
    ["2", 2000, 2000],
    ["0", 800, 1200],
    ["-5", 800, 1200],
    ["soon", 800, 1200],
    ["99999999999", 3_600_000, 3_600_000],
    ["Wed, 21 Oct 2015 07:28:00 GMT", 800, 1200],
  ];
  for (const [value, first, last] of cases) {
    it(`comes back after ${first} to ${last} ms for Retry-After: ${value}`, async () => {
      const headers = { "retry-after": value };
      const replies = [new Response("", { status: 429, headers })];
      const { clock, exporter, posted, recorder } = rig(() => {
        const reply = replies.shift();
        return reply ? Promise.resolve(reply) : ACCEPTED();
      });
      exporter.export(SPANS, () => {});
      await soon(() => recorder.failures.length === 1);
      await clock.advance(first - 1);
      assert.equal(posted.length, 1);
      await clock.advance(last - first + 1);
      await soon(() => exporter.stats().exported === 100);
      assert.equal(posted.length, 2);
    });
  }

  it("makes no loop of Retry-After: 0 from a collector that stays away", async () => {
    const headers = { "retry-after": "0" };
    const away = () => Promise.resolve(new Response("", { status: 503, headers }));
    const { clock, exporter, posted } = rig(away);
    exporter.export(SPANS, () => {});
    await soon(() => posted.length === 1);
    await clock.advance(60_000);
    assert.ok(posted.length >= 50 && posted.length <= 75, `${posted.length} requests in a minute`);
  });
});

describe("An exporter whose clock is set back", () => {
  it("goes on as before", async () => {
    const clock = new SetBackClock();
    let isAway = true;
    const { exporter, posted, recorder } = rig(() => isAway ? REFUSED() : ACCEPTED(), {
      clock,
    });
    exporter.export(SPANS, () => {});
    await soon(() => recorder.failures.length === 1);
    clock.setBack(3_600_000);
    isAway = false;
    await clock.advance(2000);
    await soon(() => exporter.stats().exported === 100);
    assert.equal(posted.length, 2);
    clock.setBack(3_600_000);
    isAway = true;
    exporter.export(SPANS, () => {});
    await soon(() => recorder.failures.length === 2);
    isAway = false;
    await clock.advance(2000);
    await soon(() => exporter.stats().exported === 200);
    assert.equal(posted.length, 4);
  });
});

/** Its timers go on as they were: they count from a clock that nobody sets. */
class SetBackClock extends ManualClock {
  #offset = 0;

  setBack(ms: number): void {
    this.#offset += ms;
  }

  override now(): number {
    return super.now() - this.#offset;
  }
}

describe("An exporter at its end", () => {
  it("refuses and counts what comes while it shuts down, and delivers what came before", async () => {
    const waiting: (() => void)[] = [];
    const slow = () =>
      new Promise<Response>((resolve) => waiting.push(() => resolve(new Response("{}"))));
    const { exporter, recorder } = rig(slow);
    exporter.export(SPANS, () => {});
    const down = exporter.shutdown();
    const late = await exported(exporter, finishedSpans(3));
    assert.equal(late.code, ExportResultCode.FAILED);
    const flushed = exporter.forceFlush();
    while (waiting.length === 0) await turn();
    waiting[0]!();
    await Promise.all([down, flushed, exporter.shutdown()]);
    assert.deepEqual(recorder.droppedByReason, { after_shutdown: 3 });
    assert.deepEqual([exporter.stats().exported, exporter.stats().queued], [100, 0]);
  });

  it("ends a flush that waits when the shutdown gives up", async () => {
    const { clock, exporter, recorder } = rig(REFUSED, { shutdownTimeoutMillis: 5000 });
    exporter.export(SPANS, () => {});
    const flushed = exporter.forceFlush({ timeoutMillis: 60_000 });
    const down = assert.rejects(exporter.shutdown(), { code: "export_incomplete" });
    await soon(() => recorder.failures.length > 0);
    await clock.advance(5000);
    await Promise.all([flushed, down]);
    assert.deepEqual(recorder.droppedByReason, { shutdown: 100 });
    assert.equal(clock.pending, 0);
  });

  it("ends in time although fetch never answers and does not listen", async () => {
    const never = () => new Promise<Response>(() => {});
    const { clock, exporter } = rig(never, { shutdownTimeoutMillis: 5000 });
    exporter.export(SPANS, () => {});
    const down = assert.rejects(exporter.shutdown(), { code: "export_incomplete" });
    await clock.advance(5000);
    await down;
    assert.deepEqual([exporter.stats().dropped, clock.pending], [100, 0]);
  });
});

describe("An exporter, with what is handed to it", () => {
  it("keeps the spans of an array that is used again once it has answered", async () => {
    let isAway = true;
    const { clock, exporter } = rig(() => isAway ? REFUSED() : ACCEPTED());
    await exported(exporter, SPANS);
    const buffer = SPANS.slice();
    exporter.export(buffer, () => buffer.length = 0);
    await soon(() => buffer.length === 0);
    isAway = false;
    await clock.advance(30_000);
    await soon(() => exporter.stats().exported === 200);
  });

  it("sends uncompressed what gzip fails on", async () => {
    const encodings: (string | null)[] = [];
    const gzip = () => Promise.reject(new Error("out of memory"));
    const { exporter } = rig((init) => {
      encodings.push(new Headers(init.headers).get("content-encoding"));
      return ACCEPTED();
    }, { platform: { gzip } });
    await exported(exporter, SPANS);
    assert.deepEqual(encodings, [null]);
    assert.equal(exporter.stats().exported, 100);
  });

  it("survives a callback that throws", async () => {
    const { exporter } = rig(ACCEPTED);
    exporter.export(SPANS, () => {
      throw new Error("from outside");
    });
    await exporter.forceFlush();
    await exported(exporter, SPANS);
    assert.equal(exporter.stats().exported, 200);
  });

  it("survives a diagnostic logger that throws", async () => {
    const fail = () => {
      throw new Error("from outside");
    };
    const quiet = () => {};
    const logger = { error: fail, warn: fail, info: quiet, debug: quiet, verbose: quiet };
    diag.setLogger(logger, { logLevel: DiagLogLevel.ALL });
    try {
      const statuses = [400, 503, 200];
      const { clock, exporter, recorder } = rig(() =>
        Promise.resolve(new Response("", { status: statuses.shift() ?? 200 }))
      );
      await exported(exporter, SPANS);
      exporter.export(SPANS, fail);
      await soon(() => recorder.failures.length === 2);
      await clock.advance(5000);
      await soon(() => exporter.stats().exported === 100);
      assert.equal(exporter.stats().dropped, 100);
    } finally {
      diag.disable();
    }
  });

  it("answers an empty export at once", async () => {
    const { exporter, posted } = rig(ACCEPTED);
    assert.equal((await exported(exporter, [])).code, ExportResultCode.SUCCESS);
    assert.deepEqual(posted, []);
  });

  it("never counts more refused than were sent", async () => {
    const body = '{"partialSuccess":{"rejectedSpans":"1000000"}}';
    const { exporter } = rig(() => Promise.resolve(new Response(body)));
    await exported(exporter, SPANS);
    assert.deepEqual([exporter.stats().exported, exporter.stats().dropped], [0, 100]);
  });

  const urls: Record<string, string> = {
    "http://[::1]:4318/v1/traces": "http://[::1]:4318/v1/traces",
    "http://host/v1/traces/": "http://host/v1/traces/",
    "http://host/v1/traces?key=1&b=2": "http://host/v1/traces?key=1&b=2",
    "http://user:pass@host/x": "http://host/x",
    "HTTP://HOST:80/a b": "http://host/a%20b",
  };
  for (const [url, expected] of Object.entries(urls)) {
    it(`posts to ${url} as it is, but for credentials`, async () => {
      const asked: string[] = [];
      const fetch = (to: string) => {
        asked.push(to);
        return ACCEPTED();
      };
      await exported(new OTLPTraceExporter({ fetch, url }), SPANS);
      assert.deepEqual(asked, [expected]);
    });
  }
});
