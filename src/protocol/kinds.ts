/**
 * One spelling for the names that producers write in several ways.
 * @module
 */

/** Bounds the table of spellings seen, against a producer that makes up names without end. */
const MAX_SPELLINGS = 512;

/**
 * The dotted snake_case spelling of an event type: `thread/tokenUsage/updated`,
 * `thread.tokenUsage.updated` and `thread.token_usage.updated` are one. A type that nobody knows
 * keeps its meaning, in that spelling.
 */
export function eventKind(type: string): string {
  switch (type) {
    // Nearly all events are of these. A literal is compared faster than a table is searched, and
    // faster again by whoever gets the literal itself and not an equal string.
    case "item.started":
      return "item.started";
    case "item.updated":
      return "item.updated";
    case "item.completed":
      return "item.completed";
    default:
      return rememberedEventKind(type);
  }
}

const rememberedEventKind = remember((type) => toSnakeCase(type).replaceAll("/", "."));

/** The snake_case spelling of an item type: `commandExecution` and `command.execution` are `command_execution`. */
export function itemKind(type: string): string {
  switch (type) {
    case "agent_message":
      return "agent_message";
    case "command_execution":
      return "command_execution";
    default:
      return rememberedItemKind(type);
  }
}

const rememberedItemKind = remember((type) => toSnakeCase(type).replaceAll(/[./-]/g, "_"));

function toSnakeCase(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

function remember(canonical: (spelling: string) => string): (spelling: string) => string {
  const seen = new Map<string, string>();
  return (spelling) => {
    let kind = seen.get(spelling);
    if (kind === undefined) {
      kind = canonical(spelling);
      if (seen.size < MAX_SPELLINGS) seen.set(spelling, kind);
    }
    return kind;
  };
}
