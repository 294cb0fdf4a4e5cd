import { CodexError } from "../errors.ts";

/**
 * Explains why a part of this package could not be loaded: in the ES modules that esbuild (0.28)
 * makes for Node there is no `require`, and they say so when a dependency that is CommonJS calls
 * it. Any other reason is given back as it is.
 */
export function explainLoading(reason: unknown): unknown {
  const message = reason instanceof Error ? reason.message : "";
  if (!/^Dynamic require of .* is not supported$/.test(message)) return reason;
  return new CodexError(
    "unsupported",
    `${message}: dependencies are CommonJS. Bundle as CommonJS, or give the bundle a \`require\`.`,
    { details: { feature: "require" }, cause: reason },
  );
}
