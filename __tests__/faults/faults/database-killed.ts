import type { Fault } from "../support/fault";

/** Seconds after MariaDB's return in which visitors must be served. */
const WELL = 5;

/** Seconds in which MariaDB must be back. */
const BACK = 60;

/** MariaDB dies while visitors write. */
export const databaseKilled: Fault = {
  number: 8,
  title: "kill -9 of MariaDB under writes",
  where: ["local", "host"],
  survived: "every acknowledged row is there; web is not restarted; well within 5 s of MariaDB's health",
  inject: async (trial) => {
    const { site } = trial;
    const web = await site.starts("web", "nginx");
    const database = await site.starts("database");
    await site.signal("database", "mariadbd", "KILL");
    trial.ended();
    const isBack = await trial.within(BACK, async () => {
      const { State } = await site.container("database");
      return State.Health?.Status === "healthy" && (await site.starts("database")) !== database;
    });
    trial.judgedFrom();
    trial.check(`MariaDB is healthy within ${BACK} s`, isBack);
    const after = await site.starts("web", "nginx");
    trial.check("web and nginx are not restarted", after === web, `${web}; then ${after}`);
  },
  judge: (trial, seen) => trial.checkWell(WELL, "MariaDB's health", seen),
};
