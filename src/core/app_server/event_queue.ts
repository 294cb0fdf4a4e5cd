/**
 * The events of a turn that wait for their reader.
 * @module
 */
import type { AnyThreadEvent } from "../../protocol/events.ts";
import { asFields } from "../../protocol/fields.ts";

/** With more waiting than this, a new state of an item takes the place of the one before it. */
const MAX_UNREAD = 1_000;

/** How many events that were read are kept before they are let go of together. */
const MAX_READ = 256;

/**
 * A queue. One server serves many turns, so a reader that is slow cannot hold up the server; what
 * it has not read is then merged where that loses nothing.
 */
export class EventQueue {
  #events: AnyThreadEvent[] = [];
  #position = 0;

  /** How many events wait. */
  get length(): number {
    return this.#events.length - this.#position;
  }

  /** Adds an event. */
  push(event: AnyThreadEvent): void {
    const last = this.length > MAX_UNREAD ? this.#events.at(-1) : undefined;
    if (last && isNewStateOf(last, event)) this.#events[this.#events.length - 1] = event;
    else this.#events.push(event);
  }

  /** The next event; undefined when there is none. */
  shift(): AnyThreadEvent | undefined {
    if (this.#position === this.#events.length) return undefined;
    const event = this.#events[this.#position++];
    if (this.#position > MAX_READ || this.#position === this.#events.length) {
      this.#events.splice(0, this.#position);
      this.#position = 0;
    }
    return event;
  }
}

/** An `item.updated` holds the whole item so far. */
function isNewStateOf(last: AnyThreadEvent, next: AnyThreadEvent): boolean {
  if (last.type !== "item.updated" || next.type !== "item.updated") return false;
  return asFields(last.item)["id"] === asFields(next.item)["id"];
}
