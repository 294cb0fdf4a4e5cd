/**
 * A plugin for `deno lint`: which room of `src/` may import from which, and that only
 * `src/runtime/` names a runtime.
 */
import { posix, relative } from "node:path";
import process from "node:process";

/** The rooms each room may import from. `errors.ts` and `version.ts` are open to all. */
const ROOMS: Record<string, readonly string[]> = {
  protocol: [],
  events: ["protocol"],
  core: ["protocol", "events"],
  files: ["protocol", "events", "core"],
  otlp: [],
  telemetry: ["protocol", "events", "otlp"],
  runtime: ["protocol", "events", "core", "files", "otlp"],
  testing: ["protocol", "events", "runtime"],
  errors: [],
  version: [],
  // What entry points export, whatever the platform.
  api: ["protocol", "events", "core", "otlp", "telemetry"],
  // What wires the rooms together, and for the edge those that need only the APIs of the web.
  wiring: ["protocol", "events", "core", "files", "otlp", "telemetry", "runtime", "api"],
  edge: ["protocol", "events", "core", "otlp", "telemetry", "api"],
};

/** Entry points inside a room: they hand the platform to what the room exports. */
const WIRING_FILES = new Set(["src/otlp/mod.ts"]);

/** Packages each room may import; others none. */
const PACKAGES: Record<string, RegExp> = {
  core: /^@cfworker\/json-schema$/,
  otlp: /^@opentelemetry\//,
  telemetry: /^@opentelemetry\//,
  runtime: /^(node:|undici$|@opentelemetry\/)/,
};

/** A path from the folder in which `deno lint` was started: the project's. */
const fromProject = (filename: string): string =>
  relative(process.cwd(), filename).replaceAll("\\", "/");

const RUNTIME_NAMES = new Set(["process", "Buffer", "Deno", "Bun"]);

/** The room of a file, by its path from the project's folder; undefined for one that is in none. */
export function roomOf(path: string): string | undefined {
  if (path === "src/edge.ts" || path === "src/edge_sdk.ts") return "edge";
  if (path === "mod.ts" || WIRING_FILES.has(path)) return "wiring";
  const [inside, folder, name] = /^src\/(?:([^/]+)\/.*|([^/]+)\.ts)$/.exec(path) ?? [];
  if (inside === undefined) return undefined;
  if (folder !== undefined) return folder;
  return name !== undefined && name in ROOMS ? name : "wiring";
}

/** What is wrong with an import, as a sentence; undefined when nothing is. */
export function judgeImport(file: string, specifier: string): string | undefined {
  const room = roomOf(file);
  if (room === undefined) return undefined;
  if (!(room in ROOMS)) {
    return `the room src/${room}/ has no place in the table of scripts/lint/layers.ts`;
  }
  return specifier.startsWith(".")
    ? judgeRelative(room, resolvePath(file, specifier))
    : judgePackage(room, specifier);
}

function judgeRelative(room: string, target: string): string | undefined {
  const other = roomOf(target);
  if (other === undefined) return `${room} imports from outside of the package`;
  if (other === room || other === "errors" || other === "version") return undefined;
  return ROOMS[room]?.includes(other) ? undefined : `${room} must not import from ${other}`;
}

function judgePackage(room: string, specifier: string): string | undefined {
  if (PACKAGES[room]?.test(specifier)) return undefined;
  return `${room} must not import ${specifier}`;
}

function resolvePath(file: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(file), specifier));
}

/** The part of the syntax tree that this plugin reads. */
interface SyntaxNode {
  type: string;
  range: unknown;
  /** Null at the top, though the types of Deno know no such case. */
  parent?: SyntaxNode | null;
  name?: string;
  value?: unknown;
  computed?: boolean;
  object?: SyntaxNode;
  property?: SyntaxNode;
  key?: SyntaxNode;
  source?: SyntaxNode | null;
  argument?: SyntaxNode;
  literal?: SyntaxNode;
  shorthand?: boolean;
  params?: SyntaxNode[];
  body?: SyntaxNode | SyntaxNode[];
  declarations?: SyntaxNode[];
  id?: SyntaxNode;
  left?: SyntaxNode;
  properties?: SyntaxNode[];
  elements?: (SyntaxNode | null)[];
}

interface RuleContext {
  filename: string;
  report(problem: { node: SyntaxNode; message: string }): void;
}

type Visitor = Record<string, (node: SyntaxNode) => void>;

function imports(context: RuleContext): Visitor {
  const check = (source: SyntaxNode | null | undefined) => {
    if (typeof source?.value !== "string") return;
    const message = judgeImport(fromProject(context.filename), source.value);
    if (message !== undefined) context.report({ node: source, message });
  };
  return {
    ImportDeclaration: ({ source }) => check(source),
    ExportNamedDeclaration: ({ source }) => check(source),
    ExportAllDeclaration: ({ source }) => check(source),
    ImportExpression: ({ source }) => check(source),
    TSImportType: ({ argument }) => check(argument?.literal ?? argument),
  };
}

function runtimeNames(context: RuleContext): Visitor {
  const room = roomOf(fromProject(context.filename));
  if (room === undefined || room === "runtime") return {};
  // A shorthand (`{ process }`) is visited twice: as the key and as the value.
  const reported = new Set<string>();
  const report = (node: SyntaxNode, name: string) => {
    if (reported.has(rangeOf(node))) return;
    reported.add(rangeOf(node));
    context.report({ node, message: `only src/runtime/ may name ${name}` });
  };
  return {
    Identifier(node) {
      const name = node.name ?? "";
      if (!RUNTIME_NAMES.has(name) || isMemberName(node) || isLocal(node, name)) return;
      report(node, name);
    },
    MemberExpression(node) {
      const name = node.property?.name ?? node.property?.value;
      const isGlobal = node.object?.name === "globalThis";
      if (isGlobal && typeof name === "string" && RUNTIME_NAMES.has(name)) report(node, name);
    },
  };
}

/** Whether an identifier names a member (`x.process`, `{ process: 1 }`) and not a variable. */
function isMemberName(node: SyntaxNode): boolean {
  const { parent } = node;
  if (!parent || parent.computed) return false;
  if (parent.type === "MemberExpression") return sameNode(parent.property, node);
  return !parent.shorthand && sameNode(parent.key, node);
}

const sameNode = (one: SyntaxNode | undefined, other: SyntaxNode): boolean =>
  one !== undefined && rangeOf(one) === rangeOf(other);

const rangeOf = ({ range }: SyntaxNode): string => String(range);

/** Whether a function or block around the node declares the name for itself. */
function isLocal(node: SyntaxNode, name: string): boolean {
  for (let around = node.parent; around; around = around.parent) {
    const statements = Array.isArray(around.body) ? around.body : [];
    const declared = [
      ...(around.params ?? []),
      ...statements.flatMap(({ declarations = [] }) => declarations.map(({ id }) => id)),
    ];
    if (declared.some((pattern) => boundNames(pattern).includes(name))) return true;
  }
  return false;
}

/** The names that a parameter or the left side of a declaration binds. */
function boundNames(pattern: SyntaxNode | null | undefined): string[] {
  if (!pattern) return [];
  if (pattern.type === "Identifier") return [pattern.name ?? ""];
  const { left, argument, value, properties = [], elements = [] } = pattern;
  const inner = [left, argument, pattern.type === "Property" ? value as SyntaxNode : undefined];
  return [...inner, ...properties, ...elements].flatMap(boundNames);
}

/** The plugin, as `deno.json` loads it. */
const plugin: {
  name: string;
  rules: Record<string, { create(context: RuleContext): Visitor }>;
} = {
  name: "layers",
  rules: {
    imports: { create: imports },
    "runtime-names": { create: runtimeNames },
  },
};

export default plugin;
