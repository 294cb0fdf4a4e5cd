/**
 * Items that grow while a turn runs.
 * @module
 */
import { type Fields, numberField, stringField } from "../fields.ts";
import type { ThreadItem } from "../items.ts";
import { convertItem, joinSummary } from "./item.ts";

/** How a kind of delta changes an item; `parts` are the parts of its text so far. */
interface DeltaKind {
  type: string;
  /** Which part grows. */
  part(params: Fields): number;
  /** The fields that follow from the parts. */
  fields(parts: readonly string[]): Record<string, unknown>;
}

const wholeText = () => 0;
const summaryIndex = (params: Fields) => numberField(params, "summaryIndex") ?? 0;
const summaryText = (parts: readonly string[]) => ({ text: joinSummary(parts) });

const DELTAS: ReadonlyMap<string, DeltaKind> = new Map(Object.entries<DeltaKind>({
  "item/agentMessage/delta": {
    type: "agentMessage",
    part: wholeText,
    fields: ([text]) => ({ text }),
  },
  "item/reasoning/summaryTextDelta": {
    type: "reasoning",
    part: summaryIndex,
    fields: summaryText,
  },
  "item/commandExecution/outputDelta": {
    type: "commandExecution",
    part: wholeText,
    fields: ([text]) => ({ aggregated_output: text }),
  },
}));

/** Pieces that are told again, in whole, by the item's end, and that no item can be made of. */
const FRAGMENTS: ReadonlySet<string> = new Set([
  "item/plan/delta",
  "item/fileChange/outputDelta",
  "item/reasoning/summaryPartAdded",
  "item/reasoning/textDelta",
]);

/** Whether a notification is a piece of what an item says in whole when it ends. */
export function isDelta(method: string): boolean {
  return DELTAS.has(method) || FRAGMENTS.has(method);
}

interface GrowingItem {
  item: ThreadItem;
  parts: string[];
}

/** Puts the pieces of a turn's items together. */
export class ItemDeltas {
  readonly #growing = new Map<string, GrowingItem>();

  /** An item began. */
  started(item: ThreadItem): void {
    this.#growing.set(item.id, { item, parts: [] });
  }

  /** An item ended. */
  completed(id: string): void {
    this.#growing.delete(id);
  }

  /** The item as far as it is known with this piece; undefined when it is no piece of an item. */
  grow(method: string, params: Fields): ThreadItem | undefined {
    const kind = DELTAS.get(method);
    const id = stringField(params, "itemId");
    const delta = stringField(params, "delta");
    if (!kind || id === undefined || delta === undefined) return undefined;
    const growing = this.#growing.get(id) ?? this.#begin(id, kind);
    addPart(growing.parts, kind.part(params), delta);
    return { ...growing.item, ...kind.fields(growing.parts) } as ThreadItem;
  }

  #begin(id: string, kind: DeltaKind): GrowingItem {
    const growing = { item: convertItem({ id, type: kind.type }), parts: [] };
    this.#growing.set(id, growing);
    return growing;
  }
}

/** Far above any real number of parts of one summary. */
const MAX_PARTS = 1_000;

function addPart(parts: string[], index: number, delta: string): void {
  const at = Math.min(Math.max(index, 0), MAX_PARTS);
  while (parts.length <= at) parts.push("");
  parts[at] += delta;
}
