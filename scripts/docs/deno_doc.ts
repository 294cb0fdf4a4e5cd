/** What `deno doc --json` tells of the types in some modules. */
import { execFileSync } from "node:child_process";
import process from "node:process";
import { ROOT, runtimeProgram } from "../lib/project.ts";

/** A type, as far as it is read. */
export interface TypeNode {
  repr?: string;
  kind: string;
  value?: unknown;
}

/** A member with its doc comment. */
export interface Documented {
  name: string;
  jsDoc?: { doc?: string };
  optional?: boolean;
  tsType?: TypeNode;
}

/** Members whose names follow a pattern. */
export interface IndexSignature {
  jsDoc?: { doc?: string };
  params: { name: string; tsType: TypeNode }[];
  tsType: TypeNode;
}

/** Members of an interface or of a type literal. */
export interface Members {
  properties?: Documented[];
  indexSignatures?: IndexSignature[];
}

/** An interface or an alias. */
export interface Declaration {
  kind: string;
  jsDoc?: { doc?: string };
  def: Members & { extends?: TypeNode[]; tsType?: TypeNode };
}

/** A reference such as `Histogram<A>`. */
export interface Reference {
  typeName: string;
  typeParams?: TypeNode[];
}

/** The interfaces and aliases of modules, by their names. The paths begin at the project's folder. */
export function readDeclarations(paths: readonly string[]): Map<string, Declaration> {
  const json = execFileSync(runtimeProgram("deno"), ["doc", "--json", ...paths], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1" },
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { nodes } = JSON.parse(json) as {
    nodes: Record<string, { symbols: { name: string; declarations: Declaration[] }[] }>;
  };
  const symbols = Object.values(nodes).flatMap(({ symbols }) => symbols);
  return new Map(
    symbols.flatMap(({ name, declarations: [first] }) =>
      first && ["interface", "typeAlias"].includes(first.kind) ? [[name, first]] : []
    ),
  );
}
