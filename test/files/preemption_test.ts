/**
 * Every way in which one process can be stopped between two of its steps while another works, and
 * that one while the first goes on: random orders hardly ever meet the few that matter.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import type { Files } from "../../src/files/files.ts";
import type { StagedFile } from "../../src/files/options.ts";
import { type Before, contentsOf, hastyPort, Place, sha256, steppedPort } from "./helpers.ts";

const DAY_MS = 86_400_000;

/** How many steps the first one goes on with, at most; it may be waiting for the other. */
const LONG = 20;

/** Lets two actors make their steps in a given order, and then as they like. */
class Turns {
  readonly #order: number[];
  readonly #waiting: (() => void)[][] = [[], []];
  readonly #ended = [false, false];
  readonly taken = [0, 0];
  #isTaken = false;

  constructor(phases: [actor: number, steps: number][]) {
    this.#order = phases.flatMap(([actor, steps]) => Array<number>(steps).fill(actor));
  }

  before(actor: number): Before {
    return async () => {
      await new Promise<void>((resolve) => {
        this.#waiting[actor]?.push(resolve);
        this.#next();
      });
      this.taken[actor]!++;
      return () => {
        this.#isTaken = false;
        this.#next();
      };
    };
  }

  end(actor: number): void {
    this.#ended[actor] = true;
    this.#next();
  }

  #next(): void {
    if (this.#isTaken) return;
    while (this.#ended[this.#order[0] ?? -1]) this.#order.shift();
    const wanted = this.#order[0];
    const actor = wanted ?? (this.#waiting[0]!.length > 0 ? 0 : 1);
    const go = this.#waiting[actor]?.shift();
    if (!go) return;
    this.#order.shift();
    this.#isTaken = true;
    go();
  }
}

interface Scenario {
  title: string;
  /** What lies in the folder, and how old it is. */
  prepare(files: Files, place: Place): Promise<unknown>;
  first(files: Files, place: Place): Promise<StagedFile | unknown>;
  second(files: Files, place: Place): Promise<StagedFile | unknown>;
  /** How long the file must be kept in the end; undefined where it may be gone. */
  ttlMs?: number;
}

const stageIt = (ttlMs?: number) => (files: Files, place: Place) =>
  files.stage(place.source("a.txt"), ttlMs === undefined ? {} : { ttlMs });
const stageAsEver = stageIt();
const sweepAll = (files: Files) => files.sweep();
const nothing = () => Promise.resolve();

const SCENARIOS: Scenario[] = [
  {
    title: "one stages anew what has expired, another sweeps",
    prepare: stageIt(1),
    first: stageIt(),
    second: (files) => files.sweep(),
    ttlMs: DAY_MS,
  },
  {
    title: "two stage anew what has expired",
    prepare: stageIt(1),
    first: stageIt(),
    second: stageIt(2 * DAY_MS),
    ttlMs: 2 * DAY_MS,
  },
  {
    title: "two stage the same",
    prepare: nothing,
    first: stageAsEver,
    second: stageAsEver,
    ttlMs: DAY_MS,
  },
  {
    title: "two sweep what has expired",
    prepare: stageIt(1),
    first: sweepAll,
    second: sweepAll,
  },
  {
    title: "one stages, another removes all",
    prepare: stageIt(),
    first: stageIt(),
    second: (files) => files.reset(),
  },
];

function isStaged(value: StagedFile | unknown): value is StagedFile {
  return typeof value === "object" && value !== null && "path" in value;
}

/** Runs a scenario in one order. Says how many steps each has made. */
async function play(scenario: Scenario, phases: [number, number][]): Promise<number[]> {
  using place = new Place({ inMemory: true });
  const label = `${scenario.title}: ${JSON.stringify(phases)}`;
  await scenario.prepare(place.files(), place);
  const turns = new Turns(phases);
  let isReady = false;
  const lost: string[] = [];
  const staged: string[] = [];
  const users = [0, 1].map((actor) => {
    const takeTurn = turns.before(actor);
    const before: Before = async (step) => {
      if (!isReady) return;
      const after = await takeTurn(step);
      if (scenario.ttlMs) lost.push(...staged.filter((path) => !existsSync(path)));
      return after;
    };
    return place.files({ port: steppedPort(hastyPort, before) });
  });
  // So that they do not sweep by themselves later.
  for (const files of users) await files.listStaged();
  if (scenario.title.includes("expired")) place.nowMs += DAY_MS;
  isReady = true;
  const tasks = [scenario.first, scenario.second].map(async (task, actor) => {
    const result = await task(users[actor]!, place);
    if (isStaged(result)) staged.push(result.path);
    turns.end(actor);
  });
  await Promise.all(tasks);

  const files = place.files();
  const list = await files.listStaged();
  assert.deepEqual(lost, [], label);
  assert.deepEqual(place.strays(), [], label);
  assert.deepEqual(place.names(), list.map(({ checksum }) => checksum), label);
  assert.deepEqual(await contentsOf(files), list.map(() => sha256("a.txt")), label);
  if (scenario.ttlMs) assert.deepEqual(list.map(({ ttlMs }) => ttlMs), [scenario.ttlMs], label);
  return turns.taken;
}

describe("a process that is stopped between any two of its steps", () => {
  for (const scenario of SCENARIOS) {
    it(`loses nothing and leaves nothing half: ${scenario.title}`, async () => {
      // Where both do the same, one stopped is like the other stopped.
      const actors = scenario.first === scenario.second ? [0] : [0, 1];
      for (const one of actors) {
        const other = 1 - one;
        for (let before = 0, all = 1; before < all; before++) {
          for (let between = 1, rest = 2; between < rest; between++) {
            const phases: [number, number][] = [[one, before], [other, between], [one, LONG]];
            const taken = await play(scenario, phases);
            if (before === 0 && between === 1) all = taken[one]!;
            rest = Math.min(taken[other]!, LONG);
          }
        }
      }
    });
  }
});
