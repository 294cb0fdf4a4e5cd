import type { HrTime } from "@opentelemetry/api";

const NANOS_PER_SECOND = 1_000_000_000;

/** Epoch milliseconds with a fraction, as OpenTelemetry's seconds and nanoseconds. */
export function hrTimeOf(epochMs: number): HrTime {
  const seconds = Math.floor(epochMs / 1000);
  return carry(seconds, Math.round((epochMs - seconds * 1000) * 1e6));
}

/** A time some whole nanoseconds later. */
export function addNanos([seconds, nanos]: HrTime, duration: number): HrTime {
  const whole = Math.floor(duration / NANOS_PER_SECOND);
  return carry(seconds + whole, nanos + duration - whole * NANOS_PER_SECOND);
}

/** The later of two times. */
export function laterOf(a: HrTime, b: HrTime): HrTime {
  return a[0] > b[0] || (a[0] === b[0] && a[1] >= b[1]) ? a : b;
}

function carry(seconds: number, nanos: number): HrTime {
  if (nanos < NANOS_PER_SECOND) return [seconds, nanos];
  return [seconds + 1, nanos - NANOS_PER_SECOND];
}
