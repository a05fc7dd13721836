import { serviceOf } from "../../../application/application";
import { applicationOf } from "../../../application/model";
import type { Service } from "../../../application/service";
import type { Deployment } from "../../../config/deployment";
import { guestbook, guestbookInDevelopment } from "../../support/guestbook";

function databaseOf(deployment: Deployment): Service {
  return serviceOf(applicationOf(deployment), "database");
}

describe("the database service", () => {
  it("gives to the buffer pool what two releases' connections leave, and says so to MariaDB", () =>
    expect(databaseOf({ ...guestbook, memory: { ...guestbook.memory, database: 464 } }).command).toEqual(
      expect.arrayContaining([
        "--innodb-buffer-pool-size=176M",
        "--innodb-log-buffer-size=8M",
        "--tmp-table-size=1M",
        "--aria-pagecache-buffer-size=29M",
        "--sort-buffer-size=512K",
        "--key-buffer-size=1M",
        "--performance-schema=OFF",
      ]),
    ));

  it("has temporary files and index builds on the volume of the data", () => {
    const { command, mounts } = databaseOf(guestbook);
    expect(command).toContain("--tmpdir=/var/lib/mysql");
    expect(mounts).toContainEqual({
      type: "volume",
      volume: "dbdata",
      target: "/var/lib/mysql",
      readOnly: false,
    });
  });

  it("takes the largest body in one statement", () => {
    const statements = [20, 31, 32, 10_240].map((bodySize) =>
      databaseOf({ ...guestbook, proxy: { ...guestbook.proxy, bodySize } }).command?.filter((argument) =>
        argument.startsWith("--max-allowed-packet="),
      ),
    );
    expect(statements.flat()).toEqual([64, 64, 128, 1024].map((size) => `--max-allowed-packet=${size}M`));
  });

  it("has a connection for each thread of two releases", () => {
    const many = { ...guestbook, web: { ...guestbook.web, workers: 16, threads: 8 } };
    expect(databaseOf(many).command).toContain("--max-connections=276");
    expect(databaseOf(guestbook).command).toContain("--max-connections=151");
  });

  it("lets root in from outside in development only", () => {
    expect(databaseOf(guestbook).environment["MARIADB_ROOT_HOST"]).toBe("localhost");
    expect(databaseOf(guestbookInDevelopment).environment["MARIADB_ROOT_HOST"]).toBe("%");
  });

  it("leaves ten connections to others than the application's user", () => {
    expect(databaseOf(guestbook).command).toContain("--max-user-connections=141");
    const many = { ...guestbook, web: { ...guestbook.web, workers: 16, threads: 8 } };
    expect(databaseOf(many).command).toContain("--max-user-connections=266");
  });

  it("ends a transaction in which nothing happens, and not the one of a page that may take longer", () => {
    expect(databaseOf(guestbook).command).toContain("--loose-idle-transaction-timeout=60");
    const slow = { ...guestbook, web: { ...guestbook.web, timeout: 300 } };
    expect(databaseOf(slow).command).toContain("--loose-idle-transaction-timeout=600");
  });

  it("says which connection holds a table", () =>
    expect(databaseOf(guestbook).command).toContain("--plugin-load-add=metadata_lock_info"));

  it("is asked for its health at a port whose connections are not counted, by address", () => {
    const { command, healthCheck } = databaseOf(guestbook);
    expect(command).toEqual(expect.arrayContaining(["--extra-port=3307", "--skip-name-resolve"]));
    expect(healthCheck?.command).toEqual([
      "mariadb",
      "--defaults-extra-file=/var/lib/mysql/.my-healthcheck.cnf",
      "--host=127.0.0.1",
      "--port=3307",
      "--protocol=tcp",
      "--connect-timeout=5",
      "--execute=SELECT 1",
    ]);
  });

  it("may recover for an hour, and be silent for six minutes", () => {
    const { healthCheck, startTimeout } = databaseOf(guestbook);
    expect(startTimeout).toBe(3600);
    expect(healthCheck?.startPeriod).toBe(3600);
    const { interval = 0, retries = 0, timeout = 0 } = healthCheck ?? {};
    expect((interval + timeout) * retries).toBe(360);
  });

  it("has a minute to write back its buffers", () => expect(databaseOf(guestbook).stopGrace).toBe(60));
});
