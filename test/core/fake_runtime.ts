import type { Runtime, RuntimeFiles } from "../../src/core/ports.ts";

/** A machine as a test imagines it. */
export interface FakeMachine {
  platform?: string;
  arch?: string;
  /** Files by path, with their text. Their folders are there, too. */
  files?: Readonly<Record<string, string>>;
  /** Paths of `package.json` by `name` or `name from folder`. */
  packages?: Readonly<Record<string, string>>;
  home?: string;
}

/** A runtime that has only files and packages. */
export function fakeRuntime(machine: FakeMachine): Runtime {
  const { platform = "linux", arch = "x64", packages = {}, home = "/home/me" } = machine;
  const fake: Partial<Runtime> = {
    name: "node",
    platform,
    arch,
    files: fakeFiles(machine.files ?? {}) as RuntimeFiles,
    homeDirectory: () => home,
    resolvePackage: (name, from) => packages[from === undefined ? name : `${name} from ${from}`],
  };
  return fake as Runtime;
}

function fakeFiles(texts: Readonly<Record<string, string>>): Partial<RuntimeFiles> {
  const names = Object.keys(texts);
  const below = (folder: string) => names.filter((name) => name.startsWith(`${folder}/`));
  return {
    isFile: (path) => Promise.resolve(Object.hasOwn(texts, path)),
    isDirectory: (path) => Promise.resolve(below(path).length > 0),
    readDirectory: (path) => {
      const entries = below(path).map((name) => name.slice(path.length + 1).split("/")[0]!);
      if (entries.length === 0) return Promise.reject(new Error(`ENOENT ${path}`));
      return Promise.resolve([...new Set(entries)]);
    },
    readTextTail: (path, maxBytes) => Promise.resolve(texts[path]!.slice(-maxBytes)),
    join: (...parts) => parts.join("/"),
    dirname: (path) => path.slice(0, path.lastIndexOf("/")),
  };
}
