/**
 * The program that a soak watches: mixed turns on the real CLI and on fakes of it, over both
 * transports, with attachments, aborts, crashes, outages of the collector and reconfigurations. When its time is over it prints what it saw as JSON
 * and has no more to do. Usage: program.ts SECONDS
 */
import process from "node:process";
import { Codex, EVENT_NAMES, files, processes, type StreamedTurn, telemetry } from "../../mod.ts";
import { otlpReceiver, scriptedModel } from "../../src/testing/mod.ts";
import { createAttachments } from "./attachments.ts";
import { answer, FAKE_SERVERS, FAKES, soakThread } from "./cases.ts";
import { chance, keepOn, pause, pick, random } from "./chance.ts";
import { countHandles, waitForHandles } from "./handles.ts";
import { createLedger } from "./ledger.ts";
import { watchMemory } from "./memory.ts";
import { shellCli } from "../../test/core/shell_cli.ts";

const endMs = performance.now() + Number(process.argv[2]) * 1_000;
const isOver = () => performance.now() > endMs;
const ledger = createLedger();
process.on("unhandledRejection", (reason) => ledger.find(`an unhandled rejection: ${reason}`));

const handles = countHandles();
const receiver = await otlpReceiver();
const model = await scriptedModel(answer);
const clis = FAKES.map((script) => shellCli(script));
const servers = FAKE_SERVERS.map((script) => shellCli(script));
const attachments = createAttachments(ledger);
const configure = () =>
  telemetry.configure({ enabled: true, endpoint: receiver.url, timeoutMs: 2_000 });
await configure();
telemetry.attachMany("soak", EVENT_NAMES, ledger.observe);

/** One turn, ended in some way. */
async function turn(codex: Codex): Promise<void> {
  const attachment = chance(0.3) ? attachments.pick() : undefined;
  const options = soakThread();
  const thread = codex.startThread(attachment ? files.attach(options, attachment) : options);
  const controller = new AbortController();
  const timer = chance(0.4) ? setTimeout(() => controller.abort(), random(400)) : undefined;
  const turnOptions = {
    signal: controller.signal,
    timeoutMs: chance(0.1) ? 1 + random(300) : 60_000,
  };
  try {
    if (chance(0.3)) await readSome(await thread.runStreamed("Go", turnOptions));
    else await thread.run("Go", turnOptions);
    ledger.count("turns that resolved");
  } catch (error) {
    ledger.fail(error);
  } finally {
    clearTimeout(timer);
  }
}

async function readSome({ events }: StreamedTurn): Promise<void> {
  let left = random(4);
  for await (const _event of events) if (left-- === 0) break;
}

const stopGraces = { askMs: 100, termMs: 100 };

/** Turns of one `Codex` after another. */
const workers = [
  () => new Codex(model.codexOptions()),
  () => new Codex({ ...model.codexOptions(), transport: "app-server" }),
  ...clis.map(({ path }) => () => new Codex({ codexPathOverride: path, stopGraces })),
  ...servers.map(({ path }) => () =>
    new Codex({ codexPathOverride: path, stopGraces, transport: "app-server" })
  ),
].map((create) =>
  keepOn(isOver, async () => {
    await using codex = create();
    for (let left = 5; left > 0 && !isOver(); left--) {
      const together = 1 + random(2);
      await Promise.all(Array.from({ length: together }, () => turn(codex)));
    }
  })
);

const killer = keepOn(isOver, async () => {
  await pause(random(1_500));
  const victim = pick(processes.list().filter(({ state }) => state === "running"));
  if (!victim) return;
  try {
    if (chance(0.5)) process.kill(victim.pid, "SIGKILL");
    else await processes.stop(victim.pid);
    ledger.count("processes that were killed or stopped");
  } catch {
    ledger.count("processes that had ended before they could be killed");
  }
});

const collector = keepOn(isOver, async () => {
  const faults = [{ status: 503 }, { status: 400 }, "hang", "reset"] as const;
  receiver.respondWith(pick(faults)!, { times: 1_000 });
  await pause(1_000);
  receiver.recover();
  await pause(1_000);
  if (chance(0.5)) await configure();
  ledger.count("outages of the collector");
  for (const list of [receiver.requests, receiver.spans, receiver.metrics, receiver.logs]) {
    list.length = 0;
  }
  model.requests.length = 0;
  model.problems.length = 0;
});

const stagers = Array.from({ length: 3 }, () => keepOn(isOver, attachments.act));

const memory = watchMemory(isOver);
for (const outcome of await Promise.allSettled([...workers, killer, collector, ...stagers])) {
  if (outcome.status === "rejected") ledger.find(`a worker failed: ${outcome.reason}`);
}
ledger.checkEnds();
for (const left of processes.list()) ledger.find(`${left.pid} is listed: ${left.command}`);
telemetry.detach("soak");
await telemetry.shutdown();
for (const { id } of telemetry.handlers()) ledger.find(`the handler ${id} is attached`);
for (const cli of [...clis, ...servers]) cli.cleanup();
await attachments.close();
await model.close();
await receiver.close();
for (const left of await waitForHandles(handles)) ledger.find(left);
const { findings, counts } = ledger;
console.log(JSON.stringify({ findings, counts, memory: await memory }));
