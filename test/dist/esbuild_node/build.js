import { build } from "esbuild";

const options = { entryPoints: ["main.ts"], bundle: true, platform: "node", target: "node20" };

await build({ ...options, format: "cjs", outfile: "dist/main.cjs" });

// Some dependencies are CommonJS, and esbuild gives its ES modules no `require`.
const banner = `import { createRequire as createRequireOfBundle } from "node:module";
const require = createRequireOfBundle(import.meta.url);`;
await build({ ...options, format: "esm", outfile: "dist/main.mjs", banner: { js: banner } });

// What happens without it.
await build({ ...options, format: "esm", outfile: "dist/without_require.mjs" });
