/** Version of this package, equal to `version` in `deno.json` and `package.json` (checked by a script). */
export const VERSION = "0.1.0";
