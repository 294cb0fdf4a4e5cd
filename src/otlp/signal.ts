/** What an exporter sends; also the last part of the path it posts to, `/v1/<signal>`. */
export type Signal = "traces" | "metrics" | "logs";
