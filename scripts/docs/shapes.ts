/** The fields of types, with their doc comments. */
import {
  type Declaration,
  type Members,
  readDeclarations,
  type Reference,
  type TypeNode,
} from "./deno_doc.ts";

/** A field of a type. */
export interface Field {
  name: string;
  optional: boolean;
  /** Its type as text, names of unions written out. */
  type: string;
  /** Its doc comment in one line; empty without one. */
  doc: string;
}

/** Types that are named, not looked into. */
const OPAQUE: ReadonlySet<string> = new Set(["Error", "Record", "AnyCodexError"]);

/** The types of some modules, by their names. */
export class Shapes {
  readonly #declarations: ReadonlyMap<string, Declaration>;

  /** Reads modules, given by their paths from the project's folder. */
  constructor(paths: readonly string[]) {
    this.#declarations = readDeclarations(paths);
  }

  /** The doc comment of a type. */
  docOf(name: string): string {
    return oneLine(this.#find(name).jsDoc?.doc);
  }

  /** What a named type is. */
  typeOf(name: string): TypeNode {
    return this.#find(name).def.tsType ?? { kind: "typeRef", value: { typeName: name } };
  }

  /** The members of an interface, with their types. */
  membersOf(name: string): { name: string; doc: string; type: TypeNode }[] {
    return (this.#find(name).def.properties ?? []).map(({ name, jsDoc, tsType }) => ({
      name,
      doc: oneLine(jsDoc?.doc),
      type: tsType ?? { kind: "keyword", repr: "unknown" },
    }));
  }

  /** All fields of a named type, without those of the types that are left out. */
  fieldsOf(name: string, without: readonly string[] = []): Field[] {
    if (without.includes(name)) return [];
    const { def } = this.#find(name);
    const inherited = (def.extends ?? []).flatMap((base) => this.fieldsIn(base, without));
    if (def.tsType) return this.fieldsIn(def.tsType, without);
    return [...inherited, ...this.#ownFields(def)];
  }

  /** All fields of a type. */
  fieldsIn(type: TypeNode, without: readonly string[] = []): Field[] {
    switch (type.kind) {
      case "intersection":
        return (type.value as TypeNode[]).flatMap((part) => this.fieldsIn(part, without));
      case "parenthesized":
        return this.fieldsIn(type.value as TypeNode, without);
      case "typeLiteral":
        return this.#ownFields(type.value as Members);
      case "typeRef": {
        const { typeName, typeParams: [only] = [] } = type.value as Reference;
        if (typeName !== "Partial" || !only) return this.fieldsOf(typeName, without);
        return this.fieldsIn(only, without).map((field) => ({ ...field, optional: true }));
      }
      default:
        throw new Error(`a type with fields was expected, not ${this.textOf(type)}`);
    }
  }

  /** Names of the types with fields that a type's text names. */
  namedIn(type: string): string[] {
    return [...this.#declarations.keys()].filter((name) =>
      new RegExp(`\\b${name}\\b`).test(type) && !OPAQUE.has(name)
    );
  }

  /** A type as text. */
  textOf(type: TypeNode): string {
    const inner = () => type.value as TypeNode;
    switch (type.kind) {
      case "literal":
        return literalText(type.value as { kind: string; string?: string }, type.repr);
      case "union":
        return (type.value as TypeNode[]).map((part) => this.textOf(part))
          .filter((text) => text !== "undefined").join(" | ");
      case "array":
        return `${this.textOf(inner())}[]`;
      case "parenthesized":
        return this.textOf(inner());
      case "typeOperator":
        return this.textOf((type.value as { tsType: TypeNode }).tsType);
      case "intersection":
        // `string & Record<never, never>` keeps the other members of a union in an editor's list.
        return this.textOf((type.value as TypeNode[])[0]!);
      case "typeRef":
        return this.#referenceText(type.value as Reference);
      default:
        return type.repr ?? type.kind;
    }
  }

  #referenceText({ typeName, typeParams = [] }: Reference): string {
    if (typeName === "Readonly") return this.textOf(typeParams[0]!);
    if (OPAQUE.has(typeName)) {
      const inside = typeParams.map((param) => this.textOf(param)).join(", ");
      return inside ? `${typeName}<${inside}>` : typeName;
    }
    const alias = this.#find(typeName).def.tsType;
    return alias && ["union", "literal", "keyword"].includes(alias.kind)
      ? this.textOf(alias)
      : typeName;
  }

  #ownFields({ properties = [], indexSignatures = [] }: Members): Field[] {
    return [
      ...properties.map(({ name, optional = false, tsType, jsDoc }) => ({
        name,
        optional,
        type: tsType ? this.textOf(tsType) : "unknown",
        doc: oneLine(jsDoc?.doc),
      })),
      ...indexSignatures.map(({ params: [key], tsType, jsDoc }) => ({
        name: templateText(key!.tsType),
        optional: true,
        type: this.textOf(tsType),
        doc: oneLine(jsDoc?.doc),
      })),
    ];
  }

  #find(name: string): Declaration {
    const found = this.#declarations.get(name);
    if (found) return found;
    throw new Error(`there is no type ${name} in the modules that were read`);
  }
}

function literalText(value: { kind: string; string?: string }, repr = ""): string {
  return value.kind === "string" ? JSON.stringify(value.string) : repr;
}

/** `codex.labels.${string}` as `codex.labels.NAME`. */
function templateText({ value }: TypeNode): string {
  const { tsTypes = [] } = value as { tsTypes?: TypeNode[] };
  return tsTypes.map((part) =>
    part.kind === "literal" ? (part.value as { string: string }).string : "NAME"
  ).join("");
}

const oneLine = (text = ""): string => text.trim().replace(/\s*\n\s*/g, " ");
