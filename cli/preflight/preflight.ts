import { statfsSync } from "node:fs";
import { userInfo } from "node:os";
import { objectName } from "../../application/application";
import { DeploymentError, type Problem, problems } from "../../config/errors";
import type { Outcome } from "../computer/process";
import { isAtLeast } from "../computer/version";
import { type Claim, claimData } from "../data/claim";
import { VolumeFiles } from "../data/volume-files";
import { changedDatabase, identityOfServer } from "../database/changed-database";
import { machineProblems } from "../problems";
import { OLDEST_TERRAFORM } from "../problems/terraform";
import type { Workspace } from "../workspace/workspace";
import { listenerOf, portState } from "./ports";
import { countRows, sqliteWarning } from "./sqlite-rows";

/** What is wrong with this machine, and what is only worth knowing. */
export interface Preflight {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** Whose the data are; undefined when the engine can't be asked. */
  readonly claim?: Claim;
}

/** Seconds for the first answer of an engine. */
const ENGINE_PATIENCE = 30;

/** Gibibytes below which an image or a database may not fit. */
const LITTLE_DISK = 2;

/**
 * Checks the machine, and the data that are there, for everything that would stop a deployment half-way; changes nothing.
 *
 * @param adopt the deployment's name, typed out: volumes without an id are this folder's then
 */
export async function preflight(workspace: Workspace, adopt?: string): Promise<Preflight> {
  const [terraform, engine] = await Promise.all([terraformProblems(workspace), engineProblems(workspace)]);
  const found = [...terraform, ...engine];
  // Ports and names can be asked for only where the engine answers.
  if (engine.length > 0) return { problems: found, warnings: [] };
  const [data, ports, names, disk, sqlite] = await Promise.all([
    checkData(workspace, adopt),
    portProblems(workspace),
    nameProblems(workspace),
    diskWarnings(workspace),
    sqliteWarning(workspace.sqliteFile, workspace.deployment.project.folder, (file) =>
      countRows(file, workspace.root),
    ),
  ]);
  const warnings = sqlite === undefined ? disk : [...disk, sqlite];
  // Ports and names are in use by that deployment, too: one reason is enough.
  const foreign = (data.claim?.problems ?? []).length > 0;
  return {
    problems: [...found, ...data.problems, ...(foreign ? [] : [...ports, ...names])],
    warnings,
    claim: data.claim,
  };
}

async function checkData(
  workspace: Workspace,
  adopt: string | undefined,
): Promise<{ readonly problems: readonly Problem[]; readonly claim?: Claim }> {
  const { name } = workspace.deployment;
  if (adopt !== undefined && adopt !== name)
    return { problems: [machineProblems.wrongAdoption(adopt, name)] };
  const files = new VolumeFiles(workspace.docker, name);
  try {
    const [claim, running] = await Promise.all([
      claimData(workspace, files, adopt),
      identityOfServer(workspace),
    ]);
    // What another deployment's database is like is its own affair.
    if (claim.problems.length > 0) return { claim, problems: claim.problems };
    return { claim, problems: await changedDatabase(workspace, claim.evidence.record, running) };
  } finally {
    await files.close();
  }
}

/** What is wrong with Terraform on this machine. */
export async function terraformProblems({ terraform }: Workspace): Promise<Problem[]> {
  const installation = await terraform.installation();
  if (!installation) return [machineProblems.noTerraform(terraform.props.binaries)];
  const { binary, version } = installation;
  return isAtLeast(version, OLDEST_TERRAFORM) ? [] : [machineProblems.oldTerraform(binary, version)];
}

/** For commands that need nothing but the engine. @throws {@link DeploymentError} when it can't be reached */
export async function requireEngine(workspace: Workspace): Promise<void> {
  const found = await engineProblems(workspace);
  if (found.length > 0) throw new DeploymentError(found);
}

async function engineProblems({ docker, deployment }: Workspace): Promise<Problem[]> {
  const outcome = await docker.try(["version", "--format", "{{.Server.Version}}"], {
    timeout: ENGINE_PATIENCE,
  });
  if (outcome.status !== 0) return [engineProblem(outcome, docker.host)];
  const elsewhere = docker.host !== undefined && !docker.host.startsWith("unix://");
  return deployment.local.profile === "development" && elsewhere
    ? [problems.bindMountNeedsLocalEngine(docker.host)]
    : [];
}

/** Why the docker command did not reach an engine. */
export function engineProblem({ missing, stderr, timedOut }: Outcome, host: string | undefined): Problem {
  if (missing) return machineProblems.noDocker();
  if (timedOut) return machineProblems.dockerSilent(host, ENGINE_PATIENCE);
  if (/permission denied/i.test(stderr)) return machineProblems.dockerDenied(userInfo().username);
  const reason = stderr.trim().split("\n").at(-1) ?? "";
  return machineProblems.dockerNotRunning(
    host,
    host === undefined
      ? "type tools/setup, which starts it (or: sudo systemctl start docker; on a Mac: open Docker Desktop)"
      : `start it there, or correct DOCKER_HOST or local.dockerHost (it says: ${reason})`,
  );
}

/** Which setting of `deployment.ts` a published port comes from. */
const PORT_SETTINGS: Readonly<Record<string, string>> = {
  nginx: "local.port",
  web: "local.developmentPort",
  database: "local.databasePort",
};

async function portProblems({ application, docker, deployment }: Workspace): Promise<Problem[]> {
  const everybody = await docker.containers();
  const found: Problem[] = [];
  for (const { role, ports } of application.services) {
    for (const { address, external } of ports) {
      const holder = everybody.find(
        (container) => container.status === "running" && container.ports.includes(external),
      );
      if (holder?.application === deployment.name) continue;
      const setting = PORT_SETTINGS[role] ?? "local.port";
      if (holder) {
        found.push(machineProblems.portTaken(setting, external, `the container ${holder.name}`));
      } else if (docker.isLocal) {
        const state = await portState(address, external);
        if (state === "no such address") found.push(machineProblems.addressUnknown(address));
        if (state === "taken")
          found.push(machineProblems.portTaken(setting, external, await listenerOf(external)));
      }
    }
  }
  return found;
}

/** A foreign container that has a name of ours; ours are recognised by their label. */
async function nameProblems({ application, docker, deployment }: Workspace): Promise<Problem[]> {
  const names = application.services
    .filter(({ singleton }) => singleton)
    .map(({ role }) => objectName(application, role));
  const there = await docker.inspect(names);
  return there
    .filter((container) => container.application !== deployment.name)
    .map(({ name }) => machineProblems.nameTaken(name));
}

async function diskWarnings({ docker }: Workspace): Promise<string[]> {
  if (!docker.isLocal) return [];
  const { stdout } = await docker.try(["info", "--format", "{{.DockerRootDir}}"]);
  const free = freeGibibytes(stdout.trim());
  return free !== undefined && free < LITTLE_DISK
    ? [
        `only ${free.toFixed(1)} GiB are free where Docker keeps its data (${stdout.trim()}); images of old releases: docker image prune`,
      ]
    : [];
}

function freeGibibytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return (bavail * bsize) / 1024 ** 3;
  } catch {
    // The engine is in a virtual machine (Docker Desktop), or its folder is closed to this user.
    return undefined;
  }
}
