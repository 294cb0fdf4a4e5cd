import { encodeOutputSchema } from "../output_schema.ts";
import type { RuntimeFiles } from "../ports.ts";

/** A file that holds an output schema, for as long as a turn needs it. */
export interface SchemaFile {
  path: string;
  remove(): Promise<void>;
}

/**
 * Writes an output schema to a file of its own, in a folder that only this user can read.
 * @throws {CodexError} `invalid_output_schema` when it is no plain object, or holds what JSON
 * cannot express.
 */
export async function writeSchemaFile(
  files: RuntimeFiles,
  schema: unknown,
): Promise<SchemaFile | undefined> {
  if (schema === undefined) return undefined;
  const text = encodeOutputSchema(schema);
  const folder = await files.makeTempDirectory("codex-output-schema-");
  const path = files.join(folder, "schema.json");
  const remove = () => files.remove(folder).catch(() => {});
  try {
    await files.writeTextFile(path, text);
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove };
}
