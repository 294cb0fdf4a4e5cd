/**
 * Which files are images that the agent can look at.
 * @module
 */

/** How much of a file's front is needed to tell. */
export const MAGIC_BYTES = 12;

const EXTENSIONS = /\.(?:png|jpe?g|gif|webp)$/i;

// deno-lint-ignore no-control-regex
const PNG = /^\x89PNG\r\n\x1a\n/;

/** First bytes, as text of one character a byte: PNG, JPEG, GIF, WebP. */
const SIGNATURES = [PNG, /^\xff\xd8\xff/, /^GIF8[79]a/, /^RIFF[^]{4}WEBP/];

/** Whether the first bytes of a file are those of an image that the model takes. */
export function hasImageMagic(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head.subarray(0, MAGIC_BYTES));
  return SIGNATURES.some((signature) => signature.test(text));
}

/**
 * Whether a file goes to the agent as an image. It takes both: some versions of the CLI tell by the
 * extension, others by the content, and each refuses what only the other one would take.
 */
export function isImage(name: string, hasMagic: boolean): boolean {
  return hasMagic && EXTENSIONS.test(name);
}
