import { lines } from "../../e2e/support/docker";
import type { Fault } from "../support/fault";
import type { Site } from "../support/site";

/** Rows of a table that is copied. */
const ROWS = 400_000;

/** Seconds in which MariaDB must be back. */
const BACK = 30;

const TABLE = "fault_copied";
const ALTER = `ALTER TABLE ${TABLE} ADD COLUMN more INT NOT NULL DEFAULT 7, ALGORITHM=COPY;`;

/** Whether MariaDB is in the midst of the copy. */
async function isCopying(site: Site): Promise<boolean> {
  const query = "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'copy to tmp table%';";
  return (await site.sql(query))[0] === "1";
}

/** MariaDB dies while it copies a table to alter it. */
export const databaseKilledInCopy: Fault = {
  number: 7,
  title: `kill -9 of MariaDB in an ALTER that copies ${ROWS} rows`,
  where: ["local", "host"],
  survived: `every row is there, nothing half is left; MariaDB is healthy within ${BACK} s`,
  minutes: 6,
  prepare: async (site) => {
    await site.sql(
      `DROP TABLE IF EXISTS ${TABLE}; CREATE TABLE ${TABLE} (id INT PRIMARY KEY, text VARCHAR(250) NOT NULL) ` +
        `SELECT seq AS id, REPEAT('x', 200) AS text FROM seq_1_to_${ROWS};`,
    );
  },
  inject: async (trial) => {
    const { site } = trial;
    const database = await site.starts("database");
    const altering = site.sql(ALTER).catch(() => []);
    trial.check("MariaDB copies", await trial.within(20, () => isCopying(site)));
    await site.signal("database", "mariadbd", "KILL");
    trial.ended();
    await altering;
    const isBack = await trial.within(BACK, async () => {
      const { State } = await site.container("database");
      return State.Health?.Status === "healthy" && (await site.starts("database")) !== database;
    });
    trial.check(`MariaDB is healthy within ${BACK} s`, isBack);
    const [rows = ""] = await site.sql(`SELECT COUNT(*) FROM ${TABLE};`);
    trial.check("every row is there", rows === String(ROWS), rows);
    const left = lines(
      (await site.inside("database", "ls /var/lib/mysql/django | grep '^#' || true")).stdout,
    );
    trial.check("no half of a table is left", left.length === 0, left.join(", "));
    await site.sql(`${ALTER} DROP TABLE ${TABLE};`);
  },
};
