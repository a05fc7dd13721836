import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../support/fault";
import { socketsDuring } from "../support/watches";

/** Seconds for which the folder is full, and after which visitors must be served. */
const FULL = 30;
const WELL = 5;

/** A file as large as there is room, and the memory that it takes, are gone. */
const FILL = "dd if=/dev/zero of=/tmp/filler bs=1M 2>/dev/null; true";

/** Temporary files, which are in memory, fill their folder in web and in nginx. */
export const temporaryFilled: Fault = {
  number: 39,
  title: `the temporary folders of web and nginx full for ${FULL} s`,
  where: ["local", "host"],
  survived: `nothing is killed for memory or replaced, one container serves; well within ${WELL} s of their end`,
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.starts("web", "nginx", "database");
    const sockets = await socketsDuring(site, async () => {
      for (const role of ["web", "nginx"]) await site.inside(role, FILL);
      await sleep(FULL * 1000);
      for (const role of ["web", "nginx"]) await site.inside(role, "rm -f /tmp/filler");
    });
    trial.ended();
    const after = await site.starts("web", "nginx", "database");
    trial.check("no container is replaced", after === before, `${before}; then ${after}`);
    trial.check("one container serves all the time", sockets.length === 1, sockets.join(", "));
  },
  judge: (trial, seen) => {
    trial.checkWell(WELL, "their end", seen);
  },
};
