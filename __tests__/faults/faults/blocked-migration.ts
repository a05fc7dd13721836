import { addMigration, added } from "../../e2e/support/migrations";
import { lines } from "../../e2e/support/docker";
import type { Fault } from "../support/fault";
import type { Site } from "../support/site";
import { reasonIn } from "../support/trial";

/** Seconds for which somebody's transaction is open, unless it is ended. */
const OPEN = 600;

/** Seconds in which the release must have failed, from its step migrate on, and for which a visitor may wait. */
const FAILS = 60;
const WAITS = 5;

/** What the connection has answered. It is closed when this is gone. */
const SAID = "/tmp/faults-blocker";

/** Somebody has read the table in a transaction, and has gone to lunch. The release changes the table. */
export const blockedMigration: Fault = {
  number: 2,
  title: "a transaction open for 10 min, then a release with an ALTER",
  where: ["local", "host"],
  survived: `the release fails within ${FAILS} s of its migration's begin and names the blocking connection; no request fails or waits longer than ${WAITS} s; once it is ended, the next release succeeds`,
  minutes: 6,
  prepare: (site) => {
    addMigration(site.clone, "blocked", {
      operations: 'migrations.AddField("entry", "blocked", models.IntegerField(default=0))',
      models: [added("blocked = models.IntegerField(default=0)")],
    });
    return Promise.resolve();
  },
  inject: async (trial) => {
    const { site } = trial;
    const number = await openTransaction(site);
    const release = site.startRelease();
    const waiting = "SELECT 1 FROM information_schema.processlist WHERE state LIKE 'Waiting for table%';";
    const isBlocked = await trial.within(180, async () => (await site.sql(waiting)).length > 0);
    trial.check("the migration meets the transaction", isBlocked);
    const began = Date.now();
    const { status, output } = await release.done;
    const seconds = (Date.now() - began) / 1000;
    trial.check("the release fails", status !== 0);
    trial.check(`it does so within ${FAILS} s`, seconds <= FAILS, `${seconds.toFixed(0)} s`);
    trial.check("it names the connection", output.includes(`connection ${number} of`), reasonIn(output));
    await site.sql(`KILL ${number};`);
    await site.inside("database", `rm -f ${SAID}`);
    trial.ended();
    const next = await site.release();
    trial.check("the next release succeeds", next.status === 0, reasonIn(next.output));
  },
  judge: (trial, seen) => {
    trial.checkNoneFailed(seen);
    const { max } = seen.report.milliseconds;
    trial.check(`no request waits longer than ${WAITS} s`, max <= WAITS * 1000, `${max} ms`);
  },
};

/** Reads the guestbook's table in a transaction of the application's user, which no limit ends. @returns the connection's number */
async function openTransaction(site: Site): Promise<string> {
  const statements = [
    "SET SESSION idle_transaction_timeout = 0",
    ...["SELECT CONNECTION_ID()", "START TRANSACTION", "SELECT COUNT(*) FROM entries_entry"],
  ].join("; ");
  const wait = `n=0; while [ -e ${SAID} ] && [ $n -lt ${OPEN} ]; do sleep 1; n=$((n + 1)); done`;
  const client = 'MYSQL_PWD="$(cat /run/secrets/database_password)" mariadb -udjango -N -B -n django';
  // It ends when nobody needs it any more, or its container is gone.
  void site.inside("database", `: >${SAID}; (echo "${statements};"; ${wait}) | ${client} >${SAID}`);
  for (let times = 0; times < 100; times++) {
    const [number, count] = lines((await site.inside("database", `cat ${SAID}`)).stdout);
    if (number !== undefined && count !== undefined) return number;
  }
  throw new Error("no transaction was opened");
}
