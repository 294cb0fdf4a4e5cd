/**
 * Which content goes on spans.
 * @module
 */
import { type Environment, parseSwitch, readVariable } from "./env_values.ts";

/** Switches of content; all off by default. */
export interface ContentOptions {
  /** What people asked: `gen_ai.input.messages`. */
  prompts?: boolean;
  /** What the agent answered: `gen_ai.output.messages`. */
  responses?: boolean;
  /** `gen_ai.tool.call.arguments`. */
  toolArguments?: boolean;
  /** `gen_ai.tool.call.result`. */
  toolOutput?: boolean;
  /** `codex.turn.diff`. */
  diffs?: boolean;
  /** Longest piece of content, in characters; what is longer is cut. 16 384 by default. */
  maxLength?: number;
}

/** Switches of content, all decided. */
export type ContentSettings = Required<ContentOptions>;

/** Keeps a span well below what collectors take in one message. */
const DEFAULT_MAX_LENGTH = 16_384;

/** `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` turns the first two on. */
export function contentSettings(
  { options: { content: options }, env, warnings }: {
    options: { content?: ContentOptions };
    env: Environment;
    warnings: string[];
  },
): ContentSettings {
  const variable = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";
  const text = readVariable(env, variable);
  const messages = parseSwitch(text) ?? false;
  if (text !== undefined && parseSwitch(text) === undefined) {
    warnings.push(`${variable} is neither on nor off; no content is exported.`);
  }
  return {
    prompts: options?.prompts ?? messages,
    responses: options?.responses ?? messages,
    toolArguments: options?.toolArguments ?? false,
    toolOutput: options?.toolOutput ?? false,
    diffs: options?.diffs ?? false,
    maxLength: options?.maxLength ?? DEFAULT_MAX_LENGTH,
  };
}

/** The switches of one run: `trace.sensitive` turns all of them on or off for it. */
export function contentOfRun(
  settings: ContentSettings,
  sensitive: boolean | undefined,
): ContentSettings {
  if (sensitive === undefined) return settings;
  return {
    prompts: sensitive,
    responses: sensitive,
    toolArguments: sensitive,
    toolOutput: sensitive,
    diffs: sensitive,
    maxLength: settings.maxLength,
  };
}
