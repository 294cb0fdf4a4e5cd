import assert from "node:assert/strict";
import { it } from "node:test";
import { createFakeEngine } from "./fake_server.ts";

it("attachments reach the app-server: an image as localImage, a file by its path and its folder", async () => {
  const engine = createFakeEngine();
  const thread = engine.codex.startThread({
    attachments: [
      { name: "shot.png", path: "/staged/1/shot.png", kind: "image" },
      { name: "notes.txt", path: "/staged/2/notes.txt", kind: "file" },
    ],
  });
  await thread.run("First");
  await thread.run("Second");
  const { sent } = engine.servers[0]!.channel;
  const paramsOf = (wanted: string) =>
    sent.filter(({ method }) => method === wanted).map(({ params }) =>
      params as Record<string, unknown>
    );
  assert.match(JSON.stringify(paramsOf("thread/start")[0]), /"\/staged\/2"/);
  const [first, second] = paramsOf("turn/start").map(({ input }) => input as { type: string }[]);
  assert.deepEqual(first?.find(({ type }) => type === "localImage"), {
    type: "localImage",
    path: "/staged/1/shot.png",
  });
  assert.match(JSON.stringify(first), /First.*notes\.txt: \/staged\/2\/notes\.txt/);
  assert.doesNotMatch(JSON.stringify(second), /staged/);
  await engine.codex.close();
});
