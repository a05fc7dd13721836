import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DeploymentError } from "../../config/errors";
import type { Container } from "../docker/container";
import { machineProblems } from "../problems";
import type { Report } from "../session/progress";
import type { Workspace } from "../workspace/workspace";
import { databaseServer } from "../data/tables";
import { TASK_PATIENCE, runSecretsTask } from "./secrets-task";

/** Exit status of access.sh: root's password is none that is known. */
const ROOT_REFUSED = 3;

/** Has MariaDB take the passwords of `.env` (assets/access/access.sh), by root, who comes in on its socket only. */
export class DatabaseAccess {
  private both = false;
  private early: Promise<readonly string[] | undefined> | undefined;

  public constructor(private readonly workspace: Workspace) {}

  /** Begins to look whether there is anything to set, beside what goes on until {@link confirm}. Changes nothing. */
  public begin(): void {
    // What a server that is still starting says is asked again.
    this.early = this.look().catch(() => undefined);
  }

  /** Like {@link set}, for a database to which nothing has happened since {@link begin}: most often nothing waits. */
  public async confirm(report: Report): Promise<string> {
    const found = await this.early;
    if (found === undefined || found.some((line) => line.startsWith("access: waits ")))
      return this.set(report);
    return this.adopt(found, report);
  }

  /**
   * Sets each password that waits beside a stored one, then makes it the stored one. The one before opens MariaDB too,
   * until {@link end}.
   *
   * @returns what was done, in a few words
   * @throws {@link DeploymentError} when MariaDB can't be told; everything is as it was then
   */
  public async set(report: Report): Promise<string> {
    const database = await this.database();
    if (!database) return "no database runs";
    const outcome = await this.run(database, "set");
    if (outcome === "root refused") throw new DeploymentError([machineProblems.rootRefused()]);
    return this.adopt(outcome, report);
  }

  /**
   * The same where root's password may be unknown.
   *
   * @returns undefined when no database runs, or none of the known passwords is root's
   */
  public async trySet(report: Report): Promise<string | undefined> {
    const database = await this.database();
    const outcome = database && (await this.run(database, "set"));
    return outcome === undefined || outcome === "root refused" ? undefined : this.adopt(outcome, report);
  }

  /** Takes the passwords before out of MariaDB. To be called when every container has the new ones. */
  public async end(): Promise<void> {
    const database = this.both ? await this.database() : undefined;
    if (!database) return;
    await this.run(database, "end");
    this.both = false;
  }

  private async look(): Promise<readonly string[] | undefined> {
    const database = await this.database();
    const outcome = database && (await this.run(database, "look"));
    return outcome === "root refused" ? undefined : outcome;
  }

  private async adopt(said: readonly string[], report: Report): Promise<string> {
    this.both = said.some((line) => line.startsWith("access: both "));
    const names = said.flatMap((line) => /^access: set (\w+)$/.exec(line)?.[1] ?? []);
    if (names.length === 0) return "as they were";
    report(`MariaDB has ${names.join(" and ")}; keeping the one before beside it`);
    await runSecretsTask(this.workspace, "adopt");
    return `${names.join(" and ")} set; the one before is kept`;
  }

  private async run(
    database: Container,
    action: "look" | "set" | "end",
  ): Promise<readonly string[] | "root refused"> {
    const { docker, root } = this.workspace;
    const { status, stdout, stderr } = await docker.try(
      [...["exec", database.id], ...["bash", "-c", accessScript(root, "access.sh"), "access", action]],
      { timeout: TASK_PATIENCE },
    );
    if (status === ROOT_REFUSED) return "root refused";
    const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
    if (status !== 0) throw new DeploymentError([machineProblems.accessFailed(lines)]);
    return lines;
  }

  private async database(): Promise<Container | undefined> {
    const { docker, deployment } = this.workspace;
    return databaseServer(await docker.containers(deployment.name));
  }
}

/** A script of `assets/access/`, as an argument of `bash -c`. */
export function accessScript(root: string, name: "access.sh" | "repair.sh"): string {
  return ["mariadb.sh", name]
    .map((file) => readFileSync(join(root, "assets", "access", file), "utf8"))
    .join("\n");
}
