/**
 * The agent's plan as the item that exec makes of it.
 * @module
 */
import { type Fields, isFields, stringField } from "../fields.ts";
import type { ThreadItem, TodoItem } from "../items.ts";
import { itemKind } from "../kinds.ts";

/** The to-do list of one turn. */
export class Plan {
  #item: ThreadItem | undefined;

  /** Takes a new plan; answers whether it is the turn's first, and the item. */
  update(id: string, params: Fields): { isFirst: boolean; item: ThreadItem } {
    const isFirst = this.#item === undefined;
    const explanation = stringField(params, "explanation");
    const item = {
      id,
      type: "todo_list" as const,
      items: readSteps(params["plan"]),
      ...(explanation === undefined ? {} : { explanation }),
    };
    this.#item = item;
    return { isFirst, item };
  }

  /** The list as it was last, once: exec completes it when the turn ends. */
  take(): ThreadItem | undefined {
    const item = this.#item;
    this.#item = undefined;
    return item;
  }
}

function readSteps(plan: unknown): TodoItem[] {
  if (!Array.isArray(plan)) return [];
  return plan.filter(isFields).map((step) => {
    const status = stringField(step, "status") ?? "pending";
    return {
      text: stringField(step, "step") ?? "",
      completed: status === "completed",
      status: itemKind(status),
    };
  });
}
