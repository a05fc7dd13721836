import { type Application, objectName, serviceOf } from "../../application/application";
import { DATA_VOLUME, database } from "../../application/backing-services/database";
import { DEFINITIONS } from "../../application/registry/definitions";
import { rolesThat } from "../../application/registry/queries";
import { SECRETS_FOLDER, secrets } from "../../application/tasks/secrets";
import { DeploymentError } from "../../config/errors";
import type { Container } from "../docker/container";
import { CONTAINER_PATIENCE } from "../docker/docker";
import { machineProblems } from "../problems";
import type { Report } from "../session/progress";
import type { Workspace } from "../workspace/workspace";
import { DatabaseAccess, accessScript } from "./database-access";
import { runContainer, runSecretsTask } from "./secrets-task";

/** Every secret, as its definition describes it. */
const SECRETS = DEFINITIONS.flatMap((definition) => definition.secrets ?? []);

/**
 * Gives access to the database: with what is known where that is enough, else by a MariaDB of its own on the data
 * (assets/access/repair.sh). New values wait beside the stored ones until MariaDB has them, so that it can be broken
 * off anywhere and done again.
 *
 * @returns what became of each secret, a line each
 */
export async function repairAccess(workspace: Workspace, report: Report): Promise<readonly string[]> {
  const { docker, deployment } = workspace;
  const roles = rolesThat(({ kind }) => kind === "process");
  const processes = (await docker.containers(deployment.name)).filter(
    ({ role, status }) => roles.includes(role) && status === "running",
  );
  const said = await runSecretsTask(workspace, "renew", await knownValues(workspace, processes));
  const origins = said.flatMap((line) => {
    const [, name, origin] = /^secrets: (\w+): (.*)$/.exec(line) ?? [];
    return name === undefined || origin === undefined ? [] : [{ name, origin }];
  });

  const access = new DatabaseAccess(workspace);
  if ((await access.trySet(report)) === undefined) {
    await renewOffline(workspace, report);
    await runSecretsTask(workspace, "adopt");
  }
  // They read their secrets when they start.
  if (origins.some(({ origin }) => NEW.includes(origin))) {
    for (const { id, name } of processes) {
      report(`restarting ${name}, which has the passwords before`);
      await docker.run(["restart", id], { timeout: CONTAINER_PATIENCE });
    }
  }
  return origins.map(({ name, origin }) => {
    const consequence = NEW.includes(origin)
      ? SECRETS.find((secret) => secret.name === name)?.consequence
      : undefined;
    return `${name}: ${origin}${consequence === undefined ? "" : `; ${consequence}`}`;
  });
}

/** Words of the secrets task for a value that no running container has. */
const NEW: readonly string[] = ["made anew", "from .env"];

/** What running containers of the application still have, as the secrets task reads it. */
async function knownValues({ docker }: Workspace, processes: readonly Container[]): Promise<string> {
  const [container] = processes;
  if (!container) return "";
  // Of all its processes: the first one may be an init without the application's environment.
  const script = 'for file in /proc/[0-9]*/environ; do cat "$file" 2>/dev/null; printf "\\0"; done';
  const { stdout } = await docker.try(["exec", container.id, "sh", "-c", script]);
  const lines = stdout.split("\0").flatMap((entry) => {
    const [, variable = "", value = ""] = /^(\w+)=(.*)$/s.exec(entry) ?? [];
    const file = SECRETS.find((secret) => secret.variable === variable)?.name;
    return file === undefined || value === "" ? [] : [`${file} ${Buffer.from(value).toString("base64")}`];
  });
  return [...new Set(lines)].map((line) => `${line}\n`).join("");
}

/** Stops MariaDB, has another one of the same image take the new passwords, and starts it again. */
async function renewOffline(workspace: Workspace, report: Report): Promise<void> {
  const { application, docker } = workspace;
  const ours = await stopDatabase(workspace, report);
  try {
    report("MariaDB starts without a network, to be told the new passwords");
    const { status, stdout, stderr } = await runContainer(workspace, repairTask(application, workspace.root));
    const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
    if (status !== 0) throw new DeploymentError([machineProblems.repairFailed(lines.slice(-20))]);
  } finally {
    for (const { id } of ours) await docker.run(["start", id]);
  }
}

/** The database's own container, but for a moment: no network, no port, another program in it. */
function repairTask(application: Application, root: string): ReturnType<typeof serviceOf> {
  const server = serviceOf(application, database.name);
  return {
    ...server,
    // For a run that is broken off: the next one waits for it to end.
    role: secrets.name,
    environment: { MARIADB_USER: server.environment["MARIADB_USER"] ?? "", ACCESS_FOLDER: SECRETS_FOLDER },
    entrypoint: ["bash", "-c", accessScript(root, "repair.sh"), "repair"],
    networked: false,
    ports: [],
    healthCheck: undefined,
  };
}

/** @returns the containers of MariaDB that ran */
async function stopDatabase({ application, docker }: Workspace, report: Report): Promise<Container[]> {
  const volume = objectName(application, DATA_VOLUME);
  const ids = (await docker.run(["ps", "-q", "--no-trunc", "--filter", `volume=${volume}`])).split("\n");
  const keepers = rolesThat(({ keepsVolumes }) => keepsVolumes);
  const users = (await docker.inspect(ids.filter((id) => id !== ""))).filter(
    ({ application: name, role }) => !(name === application.name && keepers.includes(role)),
  );
  const ours = users.filter(
    ({ application: name, role }) => name === application.name && role === database.name,
  );
  const others = users.filter((container) => !ours.includes(container));
  if (others.length > 0)
    throw new DeploymentError([
      machineProblems.dataInUse(
        volume,
        others.map(({ name }) => name),
      ),
    ]);
  for (const { id, name } of ours) {
    report(`stopping ${name}`);
    await docker.run(["stop", id], { timeout: CONTAINER_PATIENCE });
  }
  return ours;
}
