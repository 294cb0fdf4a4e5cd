import type { Ticket } from "./ticket.ts";

/** Items of one `export()` call, or of what is left of it. */
interface Segment<Item> {
  items: Item[];
  from: number;
  ticket: Ticket;
}

/** A run of items in a chunk, from index `from` up to `to`, that came by one call. */
export interface Owner {
  ticket: Ticket;
  from: number;
  to: number;
}

/** Items taken out together, with the calls they came by. */
export interface Chunk<Item> {
  items: Item[];
  owners: Owner[];
}

/** What has come in and is not yet encoded, oldest first. */
export class Intake<Item> {
  #segments: Segment<Item>[] = [];
  #head = 0;
  #size = 0;

  /** Items in here. */
  get size(): number {
    return this.#size;
  }

  /** Adds the items of one call. */
  push(items: Item[], ticket: Ticket): void {
    this.#segments.push({ items, from: 0, ticket });
    this.#size += items.length;
  }

  /** Takes out up to `max` of the oldest items, `apart` only such as came by one call. */
  take(max: number, options: { apart?: boolean } = {}): Chunk<Item> {
    let items: Item[] = [];
    const owners: Owner[] = [];
    while (items.length < max && this.#size > 0) {
      const segment = this.#segments[this.#head]!;
      const from = items.length;
      const part = segment.items.slice(segment.from, segment.from + max - from);
      items = from === 0 ? part : append(items, part);
      owners.push({ ticket: segment.ticket, from, to: items.length });
      this.#size -= part.length;
      segment.from += part.length;
      if (segment.from === segment.items.length) this.#dropHead();
      if (options.apart) break;
    }
    return { items, owners };
  }

  /** Moves the head and, from time to time, the array: `shift()` alone is slow on a long one. */
  #dropHead(): void {
    this.#segments[this.#head++] = undefined as unknown as Segment<Item>;
    if (this.#head < 1024 && this.#head < this.#segments.length) return;
    this.#segments = this.#segments.slice(this.#head);
    this.#head = 0;
  }
}

function append<Item>(items: Item[], more: Item[]): Item[] {
  for (const item of more) items.push(item);
  return items;
}
