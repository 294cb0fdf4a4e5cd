import type { Ticket } from "./ticket.ts";

/** Items of one `export()` call, or of what is left of it. */
interface Segment<Item> {
  items: Item[];
  from: number;
  ticket: Ticket;
}

/** Items taken out together, each with the call it came by. */
export interface Chunk<Item> {
  items: Item[];
  tickets: Ticket[];
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
    const items: Item[] = [];
    const tickets: Ticket[] = [];
    while (items.length < max && this.#size > 0) {
      const segment = this.#segments[this.#head]!;
      const to = Math.min(segment.items.length, segment.from + max - items.length);
      for (let i = segment.from; i < to; i++) {
        items.push(segment.items[i]!);
        tickets.push(segment.ticket);
      }
      this.#size -= to - segment.from;
      segment.from = to;
      if (to === segment.items.length) this.#dropHead();
      if (options.apart) break;
    }
    return { items, tickets };
  }

  /** Moves the head and, from time to time, the array: `shift()` alone is slow on a long one. */
  #dropHead(): void {
    this.#segments[this.#head++] = undefined as unknown as Segment<Item>;
    if (this.#head < 1024 && this.#head < this.#segments.length) return;
    this.#segments = this.#segments.slice(this.#head);
    this.#head = 0;
  }
}
