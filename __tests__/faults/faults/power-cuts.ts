import { setTimeout as sleep } from "node:timers/promises";
import { RELEASE_STEPS } from "../../../rehearsal/faults/kill";
import type { Fault } from "../support/fault";
import { SETTINGS } from "../support/settings";
import { type Trial, reasonIn } from "../support/trial";
import { Writers } from "../support/writers";

/** Seconds after the boot in which visitors must be served. */
const BACK = 90;

/** Minutes in which a copy of the volume must serve on a new machine. */
const MOVED = 5;

/** How much is acknowledged, and how often the power is cut meanwhile. */
const [ACKNOWLEDGED, CUTS] = SETTINGS.long ? [10_000, 20] : [400, 2];

async function servesAgain(trial: Trial): Promise<void> {
  const isBack = await trial.within(BACK, async () => trial.site.isWell());
  trial.check(`visitors are served within ${BACK} s of the boot, by nobody's hand`, isBack);
}

/** The next release, which nobody prepares, must serve. */
async function nextServes(trial: Trial, name: string): Promise<void> {
  const { site } = trial;
  site.clone.release(name);
  const { status, output } = await site.release();
  trial.check("the next release succeeds", status === 0, reasonIn(output));
  trial.check("it serves", status !== 0 || (await site.serving()) === name);
}

const atStep = (step: string): Fault => ({
  number: 19,
  title: `power cut at the step ${step} of a release`,
  where: ["host"],
  survived: "serves by itself after the boot; the next release succeeds; nothing by hand",
  // What was unfinished is built from nothing.
  minutes: 15,
  inject: async (trial) => {
    const { site } = trial;
    site.clone.release(`cut at ${step}`);
    const release = site.startRelease();
    await trial.within(240, () => Promise.resolve(release.output().includes(`==> ${step}`)));
    await sleep(trial.random.between(0, 800));
    await site.reboot();
    trial.ended();
    await release.done;
    await servesAgain(trial);
    await nextServes(trial, `after the cut at ${step}`);
  },
});

const afterUpload: Fault = {
  number: 18,
  title: `${ACKNOWLEDGED} acknowledged uploads and rows under ${CUTS} power cuts at random moments`,
  where: ["host"],
  survived: "every acknowledged row and file is there, whole",
  minutes: SETTINGS.long ? 60 : 10,
  quiet: true,
  inject: async (trial) => {
    const { site, random } = trial;
    const run = `power-${process.pid}-${Math.floor(random.between(0, 1e9))}`;
    const writers = new Writers(site, run);
    try {
      for (let cut = 0; cut < CUTS; cut++) {
        await writers.more(Math.floor(ACKNOWLEDGED / (CUTS + 1)));
        await sleep(random.between(0, 1500));
        await site.reboot();
        await servesAgain(trial);
      }
      await writers.more(Math.max(1, ACKNOWLEDGED - writers.count));
    } finally {
      await writers.stop();
    }
    trial.ended();
    const rows = new Set(await site.entries(`${run}-`));
    const lost = writers.rows.filter((name) => !rows.has(name));
    const files = await site.filesLost(writers.uploads);
    trial.check("no acknowledged row is lost", lost.length === 0, `${lost.length} lost`);
    trial.check("no acknowledged file is lost", files.length === 0, `${files.length} lost`);
    console.log(`${writers.count} acknowledged, ${writers.uploads.length} with files, ${CUTS} power cuts`);
  },
};

const moved: Fault = {
  number: 21,
  title: "a copy of the live volume on a new machine",
  where: ["host"],
  survived: `every acknowledged row and file, within ${MOVED} minutes, nothing by hand`,
  minutes: 12,
  inject: async (trial) => {
    const { site } = trial;
    const began = performance.now();
    await site.moveToCopy();
    await trial.within(MOVED * 60, async () => site.isWell());
    const minutes = (performance.now() - began) / 60_000;
    trial.ended();
    trial.check(`serves within ${MOVED} minutes`, minutes < MOVED, `${minutes.toFixed(1)} min`);
  },
};

/** The power of the host's machine is cut. In a short run while visitors write, and not in a release. */
export function powerCuts(): readonly Fault[] {
  return SETTINGS.long ? [afterUpload, ...RELEASE_STEPS.map(atStep), moved] : [afterUpload];
}
