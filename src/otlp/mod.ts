export * from "./exporters.ts";
