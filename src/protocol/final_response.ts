import { asFields, type Fields, stringField } from "./fields.ts";

/** The answer that a `turn.completed` carries itself, as some producers write it. */
export function finalResponseOf(event: Fields): string | undefined {
  const response = event["final_response"] ?? event["finalResponse"];
  return typeof response === "string" ? response : stringField(asFields(response), "text");
}
