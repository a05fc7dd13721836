import type { Fault } from "../support/fault";
import type { Site } from "../support/site";
import { reasonIn } from "../support/trial";

/** Seconds in which cron's look each minute gives the reserve up, or makes it again. */
const LOOKED = 150;

/** Bytes that are free on the data disk for those who are not root. */
async function free(site: Site): Promise<number> {
  return Number(await site.onMachine("df --output=avail -B1 /data | tail -n 1"));
}

async function status(site: Site): Promise<string> {
  return (await site.clone.make("status", { args: "--host" })).output;
}

/** Somebody fills the data disk, and later makes room again. */
export const diskFull: Fault = {
  number: 16,
  title: "data disk at 100 %",
  where: ["host"],
  survived:
    "the reserve is given up by itself, and visitors can write; status says so; all is as before once there is room",
  minutes: 10,
  inject: async (trial) => {
    const { site } = trial;
    await site.onMachine('fallocate -l "$(df --output=avail -B1 /data | tail -n 1)" /data/filler || true');
    const isGivenUp = await trial.within(LOOKED, async () => (await free(site)) > 50_000_000);
    trial.check(`the reserve is given up within ${LOOKED} s`, isGivenUp);
    trial.ended();
    trial.check("visitors can write", await trial.within(30, async () => site.isWell()));
    const full = await status(site);
    trial.check("status tells of it", full.includes("its reserve of 5 % was given up"), reasonIn(full));
    await site.onMachine("rm -f /data/filler");
    const isMade = await trial.within(LOOKED, async () => !(await status(site)).includes("reserve"));
    trial.check(`the reserve is made again within ${LOOKED} s`, isMade);
  },
};
