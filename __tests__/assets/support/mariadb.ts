import { spawnSync } from "node:child_process";
import { serviceOf } from "../../../application/application";
import { applicationOf } from "../../../application/model";
import { readMachine } from "../../../cli/computer/machine";
import { guestbook, ROOT } from "../../support/guestbook";
import { docker } from "./nginx";

const IMAGE = readMachine(ROOT).images?.["mariadb"] ?? `mariadb:${guestbook.database.image.version}`;

/** Milliseconds for a first start on a busy machine. */
const FIRST_START = 180_000;

/** MariaDB in a container, for Python on this computer. */
export class MariaDb {
  public readonly name: string;
  private port = "";

  /** @param subject what the test is about */
  public constructor(subject: string) {
    this.name = `test-${subject}-${process.pid}`;
  }

  /**
   * Starts it.
   *
   * @param options of `docker run`
   * @param command of the container @default what the application model says
   */
  public start(
    options: readonly string[] = [],
    command: readonly string[] = serviceOf(applicationOf(guestbook), "database").command ?? [],
  ): void {
    const variables = [
      ...["MARIADB_ROOT_PASSWORD=root", "MARIADB_PASSWORD=password", "MARIADB_USER=django"],
      ...["MARIADB_DATABASE=django", "MARIADB_INITDB_SKIP_TZINFO=1"],
    ];
    docker(
      ...["run", "--detach", "--name", this.name, "--publish", "127.0.0.1::3306"],
      ...variables.flatMap((set) => ["--env", set]),
      ...[...options, IMAGE, ...command],
    );
    this.port = docker("port", this.name, "3306/tcp").trim().split(":").at(-1) ?? "";
  }

  /** Waits until a question has an answer. */
  public await(answers: () => boolean): void {
    const end = Date.now() + FIRST_START;
    while (!answers()) {
      if (Date.now() > end) throw new Error(docker("logs", this.name));
      spawnSync("sleep", ["1"]);
    }
  }

  /** What the application reads. */
  public get environment(): Readonly<Record<string, string>> {
    return {
      DATABASE_HOST: "127.0.0.1",
      DATABASE_PORT: this.port,
      DATABASE_NAME: "django",
      DATABASE_USER: "django",
      DATABASE_PASSWORD: "password",
    };
  }

  /** Ends it, and removes its data. */
  public remove(): void {
    spawnSync("docker", ["rm", "--force", "--volumes", this.name]);
  }
}
