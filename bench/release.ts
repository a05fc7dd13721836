import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Result } from "./report/result";
import type { Stand } from "./stand";
import { median } from "./report/statistics";

/** Milliseconds between two looks at who serves. */
const PERIOD = 50;

/** A release in which only code has changed: from the command's start until the new release answers, and to its end. */
export async function benchRelease(stand: Stand, rounds: number): Promise<Result[]> {
  const served: number[] = [];
  const ended: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const name = `bench-${round}`;
    stand.release(name);
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    const command = { running: true };
    const finished = stand.up().finally(() => (command.running = false));
    // A command that fails must not be waited for; the error comes from awaiting it.
    while (command.running && (await serving(stand.port)) !== name) await sleep(PERIOD);
    served.push(seconds());
    await finished;
    ended.push(seconds());
  }
  const group = "Release in which only code has changed";
  return [
    { group, what: "until it serves", unit: "s", ours: median(served), aim: { of: "ours", atMost: 15 } },
    {
      group,
      what: "until it has served for the soak time, and the command ends",
      unit: "s",
      ours: median(ended),
    },
  ];
}

async function serving(port: number): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://localhost:${port}/api/release/`);
    return ((await answer.json()) as { release?: string }).release;
  } catch {
    return undefined;
  }
}
