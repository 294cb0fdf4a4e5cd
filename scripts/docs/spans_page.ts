/** `docs/spans.md`, from the tables of names of spans, metrics and logs. */
import { LOG_FIELD_NAMES } from "../../src/telemetry/logs/log_record.ts";
import { code, fieldRows, GENERATED, table } from "./markdown.ts";
import { metricRows } from "./metric_rows.ts";
import { Shapes } from "./shapes.ts";

const MODULES = [
  "src/telemetry/spans/attribute_names.ts",
  "src/telemetry/metrics/instruments.ts",
  "src/telemetry/metrics/token_recorder.ts",
  "src/events/catalogue.ts",
];

const INTRO = `
The names are those of OpenTelemetry's GenAI conventions, v1.41, and \`codex.*\`. With
\`OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental\` the newest names replace those of v1.41
where they differ. The instrumentation scope is \`@codex-otel/sdk\`, with its version.

A run is one trace, or a part of the trace that is active where \`run()\` is called:

\`\`\`text
invoke_agent codex
├─ codex.approval
├─ execute_tool exec_command npm
├─ execute_tool read_ticket
└─ codex.compaction
\`\`\`

Every span is of the kind INTERNAL, but that of a turn on a remote app-server, which is CLIENT. A
span that failed has the status ERROR with a message; all others leave it unset.
`;

/** A kind of span: its name, and the type of its attributes. */
const SPANS: readonly (readonly [name: string, type: string])[] = [
  ["invoke_agent codex", "TurnAttributes"],
  ["execute_tool TOOL [PROGRAM]", "ToolAttributes"],
  ["codex.approval", "ApprovalAttributes"],
  ["codex.compaction", "CompactionAttributes"],
];

const CONTENT = `
Content is exported only if \`configure({ content: { … } })\` asks for its kind; secrets in it are
masked, and each piece is cut to \`content.maxLength\` characters.
`;

const METRICS = `
With \`signals\` that hold \`"metrics"\`. Delta or cumulative by
\`OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE\`.
`;

const LOGS = `
With \`signals\` that hold \`"logs"\`: a record for each event but those of the exporters, with the name
of the event, its time, and the span it belongs to. The severity is ERROR for
\`codex.thread.exception\`, WARN for what failed, INFO for the start and the end of a turn, DEBUG for
all else. The fields of the [event](events.md) are attributes: \`codex.\` and the field's name, but
those below. A field that holds content is there by its length, \`codex.input_length\`, unless its
switch is on. A failure has \`error.type\` and \`exception.message\`.
`;

/** The whole page. */
export function spansPage(): string {
  const shapes = new Shapes(MODULES);
  const attributes = (type: string) =>
    table(["attribute", "type", "meaning"], fieldRows(shapes.fieldsOf(type)).map(unmarked));
  const metrics = metricRows(shapes);
  return [
    "# Spans, metrics and logs",
    "",
    GENERATED,
    INTRO,
    ...SPANS.flatMap(([name, type]) => [
      `## ${name}`,
      "",
      shapes.docOf(type),
      "",
      ...attributes(type),
    ]),
    "## Content on spans",
    CONTENT,
    ...table(
      ["attribute", "type", "meaning"],
      [
        ...fieldRows(shapes.fieldsOf("TurnContentAttributes")),
        ...fieldRows(shapes.fieldsOf("ToolContentAttributes")),
      ].map(unmarked),
    ),
    "## Events of a turn's span",
    "",
    ...table(
      ["event", "attribute", "type", "meaning"],
      shapes.membersOf("SpanEventMap").flatMap(({ name, doc, type }) => [
        [code(name), "", "", doc],
        ...fieldRows(shapes.fieldsIn(type)).map((row) => ["", ...unmarked(row)]),
      ]),
    ),
    "## Metrics",
    METRICS,
    ...table(["metric", "newest name", "kind and unit", "attributes", "meaning"], metrics),
    ...table(
      ["attribute", "type", "meaning"],
      fieldRows(shapes.fieldsOf("MetricAttributes")).map(unmarked),
    ),
    "## Logs",
    LOGS,
    ...table(
      ["field", "attribute"],
      Object.entries(LOG_FIELD_NAMES).map(([field, name]) => [code(field), code(name)]),
    ),
  ].join("\n");
}

/** All attributes may be absent, so that no mark says so. */
const unmarked = ([name = "", ...rest]: readonly string[]): string[] => [
  name.replace("?`", "`"),
  ...rest,
];
