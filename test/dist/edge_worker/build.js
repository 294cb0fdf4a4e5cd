import { build } from "esbuild";

const options = { entryPoints: ["worker.ts"], bundle: true, format: "esm", platform: "browser" };

// Nothing is left out and nothing filled in: a module of Node's would fail the build.
await build({
  ...options,
  conditions: ["workerd", "worker", "browser"],
  outfile: "dist/worker.js",
});
await build({ ...options, outfile: "dist/browser.js" });
