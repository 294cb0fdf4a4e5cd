import type { ContentSettings } from "../content.ts";
import type { ToolContentAttributes, TurnContentAttributes } from "./attribute_names.ts";
import { asText } from "./attributes.ts";
import type { Redact } from "./mask.ts";

/**
 * So much more than what is kept is looked at: a secret that begins in what is kept is masked
 * whole. Longer than any secret.
 */
const LOOK_AHEAD = 65_536;

/** The content of one run as attributes: as its switches say, masked, and cut. */
export class RunContent {
  readonly #settings: ContentSettings;
  readonly #redact: Redact;

  /** Creates one for the switches of a run. */
  constructor(settings: ContentSettings, redact: Redact) {
    this.#settings = settings;
    this.#redact = redact;
  }

  /** What was asked. */
  prompt(input: string): TurnContentAttributes {
    if (!this.#settings.prompts) return {};
    return { "gen_ai.input.messages": JSON.stringify([this.#message("user", input)]) };
  }

  /** What the agent answered. */
  response(output: string | undefined): TurnContentAttributes {
    if (!this.#settings.responses || output === undefined) return {};
    const message = { ...this.#message("assistant", output), finish_reason: "stop" };
    return { "gen_ai.output.messages": JSON.stringify([message]) };
  }

  /** What a tool was given. */
  toolArguments(value: unknown): ToolContentAttributes {
    if (!this.#settings.toolArguments || value === undefined) return {};
    return { "gen_ai.tool.call.arguments": this.#text(value) };
  }

  /** What a tool gave back. */
  toolResult(value: unknown): ToolContentAttributes {
    if (!this.#settings.toolOutput || value === undefined) return {};
    return { "gen_ai.tool.call.result": this.#text(value) };
  }

  /** What the turn has changed so far. */
  diff(value: unknown): TurnContentAttributes {
    return this.#settings.diffs ? { "codex.turn.diff": this.#text(value) } : {};
  }

  /** One message as the GenAI conventions write it. */
  #message(role: string, text: string): { role: string; parts: object[] } {
    return { role, parts: [{ type: "text", content: this.#text(text) }] };
  }

  #text(value: unknown): string {
    const { maxLength } = this.#settings;
    return cut(this.#redact(asText(value).slice(0, maxLength + LOOK_AHEAD)), maxLength);
  }
}

/** Cuts a text without cutting a character in two. */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const last = text.charCodeAt(maxLength - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? maxLength - 1 : maxLength);
}
