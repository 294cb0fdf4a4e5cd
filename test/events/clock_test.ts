import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createClock, measurementsOf, measureSince, systemClock } from "../../src/events/clock.ts";

describe("clock", () => {
  it("wallMs() counts on with a fraction between the ticks of Date.now()", () => {
    let monotonic = 10.25;
    const clock = createClock({
      monotonicMs: () => monotonic,
      timeOriginMs: 1_000_000,
      dateMs: () => 1_000_010,
    });
    assert.equal(clock.wallMs(), 1_000_010.25);
    monotonic = 10.75;
    assert.equal(clock.wallMs(), 1_000_010.75);
  });

  it("wallMs() is set anew when the machine's clock was set or the machine slept", () => {
    let date = 1_000_010;
    let monotonic = 10;
    const clock = createClock({
      monotonicMs: () => monotonic,
      timeOriginMs: 1_000_000,
      dateMs: () => date,
    });
    assert.equal(clock.wallMs(), 1_000_010);
    [date, monotonic] = [5_000_000, 20];
    assert.equal(clock.wallMs(), 5_000_000.5);
    [date, monotonic] = [4_000_000, 30];
    assert.equal(clock.wallMs(), 4_000_000.5);
  });

  it("wallMs() compares the clocks no more than every 5 ms", () => {
    let asked = 0;
    let monotonic = 0;
    const clock = createClock({
      monotonicMs: () => monotonic,
      timeOriginMs: 1_000_000,
      dateMs: () => (asked++, 1_000_000 + monotonic),
    });
    for (; monotonic < 10; monotonic++) clock.wallMs();
    assert.equal(asked, 2);
  });

  it("wallMs() keeps its anchor while the clocks differ by 20 ms or less", () => {
    const clock = createClock({
      monotonicMs: () => 0,
      timeOriginMs: 1_000_000,
      dateMs: () => 1_000_020,
    });
    assert.equal(clock.wallMs(), 1_000_000);
  });

  it("wallMs() falls back on Date.now() where the platform has no time origin", () => {
    const clock = createClock({ monotonicMs: () => 1, timeOriginMs: NaN, dateMs: () => 7_000 });
    assert.equal(clock.wallMs(), 7_000.5);
  });

  it("the system clock agrees with Date.now()", () => {
    assert.ok(Math.abs(systemClock.wallMs() - Date.now()) < 1_000);
    assert.ok(systemClock.monotonicMs() <= systemClock.monotonicMs());
  });

  it("measureSince() gives whole nanoseconds, their milliseconds and the time of day", () => {
    const clock = { monotonicMs: () => 12.3456789, wallMs: () => 99.5 };
    assert.deepEqual(measureSince(10, clock), {
      duration: 2_345_679,
      duration_ms: 2.345679,
      system_time: 99.5,
    });
  });

  it("measurementsOf() never gives a negative duration", () => {
    assert.deepEqual(measurementsOf(-1, 5), { duration: 0, duration_ms: 0, system_time: 5 });
  });
});
