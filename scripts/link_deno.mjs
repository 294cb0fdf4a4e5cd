/**
 * Points `node_modules/.bin/deno` back at the package's launcher, which is JavaScript. The package's own
 * install puts the native binary there, and `deno task`, which finds it before the Deno that runs it,
 * takes it for JavaScript (Deno 2.9.6). Run by npm after each install of this project.
 */
import { existsSync, rmSync, symlinkSync } from "node:fs";
import process from "node:process";

const link = "node_modules/.bin/deno";
if (process.platform !== "win32" && existsSync(link) && existsSync("node_modules/deno/bin.cjs")) {
  rmSync(link);
  symlinkSync("../deno/bin.cjs", link);
}
