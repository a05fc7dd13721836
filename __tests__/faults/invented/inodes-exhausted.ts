import type { Fault } from "../support/fault";
import { reasonIn } from "../support/trial";

/** Files are made until none can be; the folder that holds them. */
const FILL = `
import os
os.makedirs("/data/many")
try:
    for number in range(10**7):
        if number % 10000 == 0:
            os.makedirs(f"/data/many/{number}")
            folder = f"/data/many/{number}"
        os.close(os.open(f"{folder}/{number}", os.O_CREAT | os.O_WRONLY))
except OSError as error:
    print(number, error.strerror)
`;

/** Seconds in which cron's look each minute gives the reserve up, or makes it again. */
const LOOKED = 150;

/** A program fills the data disk with files that are empty: there is room, and no file can be made. */
export const inodesExhausted: Fault = {
  number: 31,
  title: "no file can be made on the data disk, which has room",
  where: ["host"],
  survived:
    "the reserve is given up by itself, and visitors can write; status says how to find the files; a release makes room " +
    "for itself, or its refusal says the same; the next one succeeds once the files are gone",
  minutes: 15,
  inject: async (trial) => {
    const { site } = trial;
    await site.onMachine(`python3 -c '${FILL}'`);
    const isGivenUp = await trial.within(LOOKED, async () => {
      const free = await site.onMachine("df --output=iavail /data | tail -n 1");
      return Number(free) > 1000;
    });
    trial.check(`the reserve is given up within ${LOOKED} s`, isGivenUp);
    trial.ended();
    trial.check("visitors can write", await trial.within(30, async () => site.isWell()));
    const status = (await site.clone.make("status", { args: "--host" })).output;
    trial.check("status names the files", /files[^]*du [^\n]*--inodes/.test(status), reasonIn(status));
    site.clone.release("without files");
    const first = await site.release();
    trial.check(
      "the release makes room, or its refusal says how to find the files",
      first.status === 0 || first.output.includes("--inodes"),
      reasonIn(first.output),
    );
    await site.onMachine("rm -rf /data/many");
    const { status: again, output } = await site.release();
    trial.check("the release succeeds once they are gone", again === 0, reasonIn(output));
  },
};
