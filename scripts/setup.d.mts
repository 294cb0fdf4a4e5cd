/** What is missing from `node_modules` or of another version than locked, by path. */
export function staleness(root: string): string[];
