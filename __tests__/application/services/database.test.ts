import { serviceOf } from "../../../application/application";
import { applicationOf } from "../../../application/model";
import type { Service } from "../../../application/service";
import type { Deployment } from "../../../config/deployment";
import { guestbook, guestbookInDevelopment } from "../../support/guestbook";

function databaseOf(deployment: Deployment): Service {
  return serviceOf(applicationOf(deployment), "database");
}

describe("the database service", () => {
  it("gives 60 % of its memory to the buffer pool", () =>
    expect(databaseOf({ ...guestbook, database: { ...guestbook.database, memory: 1000 } }).command).toContain(
      "--innodb-buffer-pool-size=600M",
    ));

  it("has a connection for each thread of two releases", () => {
    const many = { ...guestbook, web: { ...guestbook.web, workers: 16, threads: 8 } };
    expect(databaseOf(many).command).toContain("--max-connections=276");
    expect(databaseOf(guestbook).command).toContain("--max-connections=151");
  });

  it("lets root in from outside in development only", () => {
    expect(databaseOf(guestbook).environment["MARIADB_ROOT_HOST"]).toBe("localhost");
    expect(databaseOf(guestbookInDevelopment).environment["MARIADB_ROOT_HOST"]).toBe("%");
  });

  it("is healthy only when MariaDB answers and has initialised", () =>
    expect(databaseOf(guestbook).healthCheck?.command).toEqual([
      "healthcheck.sh",
      "--connect",
      "--innodb_initialized",
    ]));

  it("has a minute to write back its buffers", () => expect(databaseOf(guestbook).stopGrace).toBe(60));
});
