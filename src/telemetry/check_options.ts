import { checkHeaders } from "../otlp/headers.ts";
import type { ConfigureOptions } from "./options.ts";

/** Whether a value is what an option asks for, and that in words. */
interface Rule {
  expected: string;
  isMet: (value: unknown) => boolean;
}

const BOOLEAN: Rule = { expected: "a boolean", isMet: (value) => typeof value === "boolean" };
const STRING: Rule = { expected: "a string", isMet: (value) => typeof value === "string" };
const OBJECT: Rule = { expected: "an object", isMet: isObject };
const FUNCTION: Rule = { expected: "a function", isMet: (value) => typeof value === "function" };
const POSITIVE: Rule = {
  expected: "a number above 0",
  isMet: (value) => typeof value === "number" && Number.isFinite(value) && value > 0,
};
const HEADERS: Rule = {
  expected: "an object of strings or a function",
  isMet: (value) => typeof value === "function" || isObject(value) && areStrings(value),
};

const SIGNALS = ["traces", "metrics", "logs"];

const SWITCHES = ["prompts", "responses", "toolArguments", "toolOutput", "diffs"];

const RULES: Record<keyof ConfigureOptions, Rule> = {
  env: OBJECT,
  enabled: BOOLEAN,
  endpoint: STRING,
  exporter: having("export", "shutdown"),
  processor: oneOf("simple", "batch"),
  resource: OBJECT,
  sampler: having("shouldSample"),
  tracerProvider: having("getTracer"),
  meterProvider: having("getMeter"),
  loggerProvider: having("getLogger"),
  useGlobal: BOOLEAN,
  contextManager: BOOLEAN,
  signals: {
    expected: 'an array of "traces", "metrics" and "logs"',
    isMet: (value) => Array.isArray(value) && value.every((signal) => SIGNALS.includes(signal)),
  },
  metricIntervalMs: POSITIVE,
  tls: { expected: "an object of strings", isMet: (value) => isObject(value) && areStrings(value) },
  headers: HEADERS,
  protocol: oneOf("http/json"),
  compression: oneOf("gzip", "none"),
  timeoutMs: POSITIVE,
  maxQueueBytes: POSITIVE,
  fetch: FUNCTION,
  semconv: oneOf("default", "gen_ai_latest_experimental"),
  content: {
    expected: `an object with ${SWITCHES.join(", ")} as booleans and maxLength above 0`,
    isMet: isContent,
  },
  redact: FUNCTION,
  strict: BOOLEAN,
};

/** @throws {TypeError} that names the first option that is of the wrong type, never its value. */
export function checkOptions(options: ConfigureOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("The options of configure() must be an object.");
  }
  for (const [name, rule] of Object.entries(RULES)) {
    const value = options[name as keyof ConfigureOptions];
    if (value !== undefined && !rule.isMet(value)) {
      throw new TypeError(`The option ${name} of configure() must be ${rule.expected}.`);
    }
  }
  checkHeaderRecord(options.headers);
  if (options.fetch && options.tls) {
    throw new TypeError("The options fetch and tls of configure() exclude each other.");
  }
}

function checkHeaderRecord(headers: ConfigureOptions["headers"]): void {
  if (typeof headers === "object") checkHeaders(headers);
}

function having(...methods: string[]): Rule {
  return {
    expected: `an object with ${methods.map((name) => `${name}()`).join(" and ")}`,
    isMet: (value) => isObject(value) && methods.every((name) => typeof value[name] === "function"),
  };
}

function oneOf(...values: string[]): Rule {
  return {
    expected: values.map((value) => `"${value}"`).join(" or "),
    isMet: (value) => values.includes(value as string),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isContent(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { maxLength, ...switches } = value;
  return (maxLength === undefined || POSITIVE.isMet(maxLength)) &&
    Object.entries(switches).every(([name, on]) =>
      SWITCHES.includes(name) && (on === undefined || typeof on === "boolean")
    );
}

function areStrings(record: Record<string, unknown>): boolean {
  return Object.values(record).every((value) => value === undefined || typeof value === "string");
}
