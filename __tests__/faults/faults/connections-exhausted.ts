import type { Fault } from "../support/fault";
import { badChecks, healthChecksDuring } from "../support/watches";

/** Seconds for which no connection is left: longer than three checks of MariaDB in a row. */
const HELD = 45;

/** Seconds after their end in which visitors must be served. */
const WELL = 10;

/** Takes connections as the application does, until none is left, and each that becomes free. Says how many it got. */
const TAKE = `
import sys, time
import MySQLdb
from pathlib import Path

password = Path("/run/secrets/database_password").read_text().strip()
host, held, refused, most = sys.argv[1], [], set(), 0
until = time.monotonic() + ${HELD}
while time.monotonic() < until:
    try:
        held.append(MySQLdb.connect(host=host, user="django", password=password, database="django", connect_timeout=5))
    except MySQLdb.OperationalError as error:
        refused.add(error.args[0])
        time.sleep(0.05)
    most = max(most, len(held))
print(most, "connections, then errors", sorted(refused))
`;

/** The application leaks connections. */
export const connectionsExhausted: Fault = {
  number: 10,
  title: "connections exhausted",
  where: ["local", "host"],
  survived: "MariaDB's check stays green and MariaDB is not restarted; well within 10 s of their end",
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.starts("database");
    const { Config } = await site.container("web");
    const host = Config.Env?.find((line) => line.startsWith("DATABASE_HOST="))?.slice(
      "DATABASE_HOST=".length,
    );
    const checks = await healthChecksDuring(site, "database", async () => {
      const { stdout, output } = await site.inside("web", `python - ${host ?? "database"}`, TAKE);
      trial.check(
        "the connections could be taken",
        /, then errors \[\d/.test(stdout),
        output.trim().slice(-300),
      );
    });
    trial.ended();
    const bad = badChecks(checks);
    trial.check(
      "MariaDB's check stays green",
      checks.length > 0 && bad.length === 0,
      `${bad.length} of ${checks.length} checks: ${bad[0] ?? "none ran"}`,
    );
    const after = await site.starts("database");
    trial.check("MariaDB is not restarted", after === before, `${before}; then ${after}`);
  },
  judge: (trial, seen) => trial.checkWell(WELL, "their end", seen),
};
