import { setTimeout as sleep } from "node:timers/promises";
import { type RunningLoad, describeLoad, startLoad } from "../../e2e/support/load-report";
import type { Fault } from "./fault";
import { Holdings } from "./holdings";
import { Random } from "./random";
import type { Result } from "../../../docs/generator/faults";
import { describeResult, recordResult } from "./results";
import { Seen } from "./seen";
import { SETTINGS, nameOfTried } from "./settings";
import type { Site } from "./site";

/** Requests a second while a fault is injected. */
const RATE = 30;

/** Seconds in which a site must be well again by itself; then somebody lends a hand. */
const PATIENCE = 90;

/** Seconds that whoever counts rows and files waits for the database. */
const COUNTING = 60;

let trials = 0;

/** One injection of a fault into a site: what is asked of it, and what held. */
export class Trial {
  public readonly random: Random;
  private readonly missed: string[] = [];
  private readonly hands: string[] = [];
  private end?: number;
  private judged?: number;

  private constructor(
    private readonly fault: Fault,
    public readonly site: Site,
  ) {
    // The same moments for one fault, whichever are tried beside it.
    this.random = new Random(SETTINGS.seed + fault.number * 1000);
  }

  /**
   * Injects a fault, prints what it did, and writes that down if the run is to be recorded.
   *
   * @throws when it does not count as survived, unless the code of before is tried
   */
  public static async run(fault: Fault, site: Site): Promise<Result> {
    const result = await new Trial(fault, site).run();
    console.log(describeResult(result));
    if (SETTINGS.record) recordResult(SETTINGS.before ? "before" : "after", result);
    if (!SETTINGS.before && result.missed.length > 0)
      throw new Error(`${describeResult(result)}\nsurvived means: ${fault.survived}`);
    return result;
  }

  /** Notes whether something holds by which the fault counts as survived. */
  public check(criterion: string, holds: boolean, seen = ""): void {
    if (!holds) this.missed.push(`${criterion}${seen === "" ? "" : ` (${seen})`}`);
  }

  /** Notes a command that somebody had to type. */
  public hand(command: string): void {
    this.hands.push(command);
  }

  /** Says that the harm is over: from here on the seconds count. */
  public ended(moment = Date.now()): void {
    this.end ??= moment;
  }

  /** Says from when on the seconds count for the criterion. @default the end of the harm */
  public judgedFrom(moment = Date.now()): void {
    this.judged = moment;
  }

  /** Notes whether no request failed any more some seconds after the moment from which they count. */
  public checkWell(seconds: number, after: string, seen: Seen): void {
    const taken = seen.secondsUntilWell(this.judged ?? this.end ?? 0);
    this.check(`well within ${seconds} s of ${after}`, taken <= seconds, `${taken.toFixed(1)} s`);
  }

  /** Notes whether every request was answered as it should be. */
  public checkNoneFailed({ failures }: Seen): void {
    this.check(
      "no request failed",
      failures.length === 0,
      `${failures.length}: ${failures[0]?.reason ?? ""}`,
    );
  }

  /** Waits until something holds. @returns whether it came to that */
  public async within(seconds: number, ask: () => Promise<boolean>): Promise<boolean> {
    const limit = Date.now() + seconds * 1000;
    for (;;) {
      if (await ask().catch(() => false)) return true;
      if (Date.now() > limit) return false;
      await sleep(200);
    }
  }

  private async run(): Promise<Result> {
    const { fault, site } = this;
    try {
      await fault.prepare?.(site);
    } catch (error) {
      this.check("the site can be prepared for it", false, reasonIn(String(error)));
      return this.result(new Seen(NOTHING, 0, 0), false);
    }
    const run = `fault-${process.pid}-${trials++}`;
    const held = await Holdings.of(site);
    const options = { origin: site.origin, rate: RATE, run, uploads: true };
    const load = fault.quiet === true ? undefined : await startLoad(options);
    let isWell = false;
    let seen: Seen;
    try {
      await sleep(this.random.between(1000, 4000));
      await this.fault
        .inject(this)
        .catch((error: unknown) =>
          this.check("the trial could be carried through", false, reasonIn(String(error))),
        );
      this.ended();
      isWell = await this.untilWell();
      await sleep(2000);
    } finally {
      seen = await this.count(load, run, held);
    }
    this.check("no acknowledged row is lost", seen.rowsLost === 0, `${seen.rowsLost} lost`);
    this.check("no acknowledged file is lost", seen.filesLost === 0, `${seen.filesLost} lost`);
    fault.judge?.(this, seen);
    return this.result(seen, isWell);
  }

  /** Waits until visitors are served, and lends a hand when that does not come by itself. */
  private async untilWell(): Promise<boolean> {
    let times = 0;
    const ask = async (): Promise<boolean> => {
      times = (await this.site.isWell()) ? times + 1 : 0;
      return times >= 3;
    };
    if (await this.within(PATIENCE, ask)) return true;
    this.check(`visitors are served within ${PATIENCE} s`, false);
    const { command } = this.site;
    this.hand(command);
    await this.site.release();
    this.check(`visitors are served after ${command}`, await this.within(PATIENCE, ask));
    return false;
  }

  private async count(load: RunningLoad | undefined, run: string, held: Holdings): Promise<Seen> {
    const report = (await load?.stop()) ?? NOTHING;
    if (load) console.log(`fault ${this.fault.number}: ${describeLoad(report)}`);
    let rows = new Set<string>();
    let files: readonly string[] = report.uploads.map(({ path }) => path);
    let later: Holdings | undefined;
    const counted = await this.within(COUNTING, async () => {
      rows = new Set(await this.site.entries(`${run}-`));
      files = await this.site.filesLost(report.uploads);
      later = await Holdings.of(this.site);
      return true;
    });
    this.check("rows and files can be counted", counted);
    const lost = held.lostSince(later);
    const acknowledged = report.acknowledged.filter((name) => !rows.has(name));
    return new Seen(report, lost.rows + acknowledged.length, lost.files + files.length);
  }

  private result(seen: Seen, isWell: boolean): Result {
    const { number, title, survived } = this.fault;
    return {
      fault: number,
      title,
      where: this.site.where,
      survived,
      code: nameOfTried(),
      seed: SETTINGS.seed,
      requests: seen.report.requests,
      failed: seen.failures.length,
      secondsUntilWell: isWell ? Math.round(seen.secondsUntilWell(this.end ?? 0) * 10) / 10 : null,
      rowsLost: seen.rowsLost,
      filesLost: seen.filesLost,
      hands: this.hands,
      missed: this.missed,
    };
  }
}

/** What a command gave as its reason, or else the end of what it said; in one line. */
export function reasonIn(output: string): string {
  const lines = output.trim().split("\n");
  const first = lines.findIndex((line) => /^(✗|error:) /.test(line));
  const told = first < 0 ? lines.slice(-6) : lines.slice(first, first + 6);
  return told
    .map((line) => line.trim())
    .join(" / ")
    .slice(0, 600);
}

/** The report of a load that was not. */
const NOTHING = {
  began: 0,
  requests: 0,
  seconds: 0,
  counts: {},
  failures: [],
  acknowledged: [],
  uploads: [],
  releases: [],
  repeated: 0,
  milliseconds: { p50: 0, p99: 0, max: 0 },
};
