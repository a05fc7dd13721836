import type { Fault } from "../support/fault";
import { reasonIn } from "../support/trial";

/** Builds that leave something in the cache, until a release has too little room. */
const FILL = `number=0
while [ "$(df --output=avail -B1M /data | tail -n 1)" -gt 900 ] && [ "$number" -lt 30 ]; do
  number=$((number + 1))
  printf 'FROM python:3.13-slim\\nRUN head -c 500000000 /dev/zero >/filler-%s\\n' "$number" |
    docker build --quiet --output type=cacheonly - >/dev/null
done`;

/** What builds have left fills the data disk. */
export const buildCache: Fault = {
  number: 17,
  title: "build cache fills the disk",
  where: ["host"],
  survived: "the release makes room by itself and serves; no request fails",
  minutes: 10,
  inject: async (trial) => {
    const { site } = trial;
    await site.onMachine(FILL);
    const free = Number(await site.onMachine("df --output=avail -B1M /data | tail -n 1"));
    trial.check("the cache leaves too little room", free <= 900, `${free} MiB`);
    trial.ended();
    site.clone.release("with a full cache");
    const { status, output } = await site.release();
    trial.check("the release succeeds", status === 0, reasonIn(output));
    trial.check("it serves", (await site.serving()) === "with a full cache");
  },
  judge: (trial, { failures }) =>
    trial.check(
      "no request fails",
      failures.length === 0,
      `${failures.length}: ${failures[0]?.reason ?? ""}`,
    ),
};
