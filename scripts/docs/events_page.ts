/** `docs/events.md`, from the catalogue of events. */
import { code, fieldRows, GENERATED, table } from "./markdown.ts";
import type { TypeNode } from "./deno_doc.ts";
import { type Field, Shapes } from "./shapes.ts";

const MODULES = ["src/events/catalogue.ts", "src/protocol/usage.ts", "src/protocol/warnings.ts"];

const INTRO = `
What \`telemetry.attach()\` hands to a handler: \`{ name, measurements, metadata }\`. A field marked
\`?\` may be absent. \`system_time\` is Unix epoch in milliseconds with a fraction; \`duration\` is whole
nanoseconds of a monotonic clock, and \`duration_ms\` the same in milliseconds with a fraction.
`;

/** The whole page. */
export function eventsPage(): string {
  const shapes = new Shapes(MODULES);
  const sections = shapes.membersOf("TelemetryEventMap").map((event) => section(shapes, event));
  const named = new Set(sections.flatMap(({ types }) => types));
  return [
    "# Telemetry events",
    "",
    GENERATED,
    INTRO,
    "## What every event of a run carries",
    "",
    "Events that belong to no run, of attachments and of the exporters, carry `originator` only.",
    "",
    ...fieldTable(shapes, shapes.fieldsOf("RunMetadata").filter(isLastOfItsName)),
    ...sections.flatMap(({ lines }) => lines),
    "## Types",
    "",
    ...[...named].sort().flatMap((name) => [
      `### ${name}`,
      "",
      shapes.docOf(name),
      "",
      ...fieldTable(shapes, shapes.fieldsOf(name)),
    ]),
  ].join("\n");
}

/** An interface may say a field of its base more exactly. */
const isLastOfItsName = (field: Field, index: number, all: readonly Field[]): boolean =>
  !all.slice(index + 1).some(({ name }) => name === field.name);

interface Section {
  lines: string[];
  /** Types with fields that it names. */
  types: string[];
}

function section(
  shapes: Shapes,
  { name, doc, type }: { name: string; doc: string; type: TypeNode },
): Section {
  const { measurements, metadata } = partsOf(type);
  const measured = shapes.fieldsIn(measurements);
  const described = measured.filter((field) => !COMMON.has(field.name));
  const own = shapes.fieldsIn(metadata, ["RunMetadata", "BaseMetadata"]).filter(isLastOfItsName);
  const fields = [...described, ...own];
  return {
    lines: [
      `## ${name}`,
      "",
      doc,
      "",
      `Measurements: ${measured.map(nameOf).join(", ")}.`,
      "",
      ...fieldTable(shapes, fields),
    ],
    types: fields.flatMap((field) => shapes.namedIn(field.type)),
  };
}

const COMMON: ReadonlySet<string> = new Set(["system_time", "duration", "duration_ms"]);

const nameOf = ({ name, optional }: Field): string => code(optional ? `${name}?` : name);

function partsOf(type: TypeNode): { measurements: TypeNode; metadata: TypeNode } {
  const { properties } = type.value as { properties: { name: string; tsType: TypeNode }[] };
  const find = (name: string) => properties.find((property) => property.name === name)!.tsType;
  return { measurements: find("measurements"), metadata: find("metadata") };
}

function fieldTable(shapes: Shapes, fields: readonly Field[]): string[] {
  const describeType = (type: string) =>
    shapes.namedIn(type).includes(type) ? `[${type}](#${type.toLowerCase()})` : code(type);
  return table(["field", "type", "meaning"], fieldRows(fields, describeType));
}
