import { rolesThat } from "../../../application/registry/queries";
import { urlOf } from "../../../stacks/local";
import { foreignOwner } from "../../data/claim";
import { type Container, isJob, mayServe } from "../../docker/container";
import { type DiskUse, lookAtDisk } from "../../docker/disk";
import type { HandOver } from "../../docker/hand-over";
import { requireEngine } from "../../preflight/preflight";
import { write } from "../../session/progress";
import { formatTable } from "../../session/table";
import type { Workspace } from "../../workspace/workspace";

export interface StatusOptions {
  /** For programs. @default a table for people */
  readonly json?: boolean;
}

/** What `status --json` prints. */
export interface Status {
  readonly name: string;
  readonly url: string;
  /** Whose it is, when it isn't this folder's deployment. */
  readonly foreign?: string;
  readonly containers: readonly StatusContainer[];
  /** Jobs of `deployment.ts`, in its order, and removed ones. Nothing is scheduled on this computer. */
  readonly jobs: readonly StatusJob[];
  readonly volumes: readonly { readonly name: string; readonly holds: string }[];
  readonly disk?: DiskUse;
}

/** One container in a {@link Status}. */
export interface StatusContainer {
  readonly role: string;
  readonly name: string;
  readonly id: string;
  /** The engine's word: `running`, `exited`, …; a task that ended well has `exited`. */
  readonly status: string;
  readonly health?: string;
  readonly exitCode: number;
  readonly restarts: number;
  readonly startedAt: string;
  readonly image: string;
  /** nginx sends the traffic to it. */
  readonly serves: boolean;
  /** Number of its release; rises with each. */
  readonly release?: number;
}

/** A job in a {@link Status}. */
export interface StatusJob {
  readonly name: string;
  /** When a host runs it: cron's five fields, in UTC. @default only by hand */
  readonly schedule?: string;
  /** `deployment.ts` no longer names it; the container of its last run is still there. */
  readonly removed?: true;
  /** Its last run on this computer. @default it has not run since its container was removed */
  readonly last?: Pick<StatusContainer, "status" | "exitCode" | "startedAt">;
}

/** Shows what runs, which release serves and where the data is. Changes nothing. */
export async function status(workspace: Workspace, { json = false }: StatusOptions = {}): Promise<void> {
  await requireEngine(workspace);
  const foreign = await foreignOwner(workspace);
  const read = await readStatus(workspace);
  const serving = read.containers.find(mayServe);
  const disk = await lookAtDisk(workspace.docker, workspace.root, serving?.id);
  const found = { ...read, ...(foreign !== undefined && { foreign }), disk };
  if (json) write(JSON.stringify(found, null, 2));
  else write(describeStatus(found));
}

/** What runs, which release serves and where the data is. */
export async function readStatus({
  application,
  deployment,
  docker,
}: Pick<Workspace, "application" | "deployment" | "docker">): Promise<Status> {
  const containers = await docker.containers(deployment.name);
  const [handOver, volumes] = await Promise.all([
    docker.handOver(containers),
    docker.volumes(deployment.name),
  ]);
  const order = application.services.map(({ role }) => role);
  const jobs = application.services.filter(({ kind }) => kind === "job");
  const removedJobs = containers
    .filter((container) => isJob(container) && !jobs.some(({ role }) => role === container.role))
    .map(({ role }) => role);
  return {
    name: deployment.name,
    url: urlOf(application),
    containers: containers
      .filter((container) => !isJob(container))
      .map((container) => describeContainer(container, handOver))
      .toSorted((one, other) => order.indexOf(one.role) - order.indexOf(other.role)),
    jobs: [
      ...jobs.map(({ role, schedule }) => describeJob(role, schedule?.text, containers)),
      ...removedJobs.map((role) => ({ ...describeJob(role, undefined, containers), removed: true as const })),
    ],
    volumes: volumes.toSorted().map((name) => ({
      name,
      holds:
        application.volumes.find((volume) => volume.name === name)?.data ??
        "nothing that can't be made again",
    })),
  };
}

function describeJob(
  name: string,
  schedule: string | undefined,
  containers: readonly Container[],
): StatusJob {
  const found = containers.find((container) => isJob(container) && container.role === name);
  return {
    name,
    ...(schedule !== undefined && { schedule }),
    ...(found && {
      last: { status: found.status, exitCode: found.exitCode, startedAt: found.startedAt },
    }),
  };
}

function describeContainer(container: Container, { serving, releases }: HandOver): StatusContainer {
  const { role, name, id, status: state, health, exitCode, restarts, startedAt, image, hostname } = container;
  const serves = hostname === serving;
  return {
    role,
    name,
    id,
    status: state,
    health,
    exitCode,
    restarts,
    startedAt,
    image,
    serves,
    release: releases.get(hostname),
  };
}

/** A status as a person reads it. */
export function describeStatus({ name, url, foreign, containers, jobs, volumes, disk }: Status): string {
  if (containers.length + volumes.length === 0) return `${name} is not on this engine. "make up" deploys it.`;
  const rows = containers.map((container) => [
    container.role,
    container.name,
    stateOf(container),
    container.serves ? "serves" : "",
    container.release === undefined ? "" : `release ${container.release}`,
    container.image.replace(/^sha256:(.{12}).*/, "$1"),
  ]);
  // What keeps the volumes runs on when all else is down.
  const keepers = rolesThat(({ keepsVolumes }) => keepsVolumes);
  const running = containers.some(
    ({ role, status: state }) => !keepers.includes(role) && state === "running",
  );
  return [
    `${name}: ${running ? url : "down"}`,
    ...(foreign === undefined ? [] : [`note: ${foreign}`]),
    "",
    ...(rows.length > 0 ? [formatTable(rows), ""] : []),
    ...(jobs.length > 0 ? [formatTable(jobs.map(jobRow)), ""] : []),
    formatTable(volumes.map((volume) => [volume.name, volume.holds])),
    ...(disk ? diskLines(disk) : []),
  ].join("\n");
}

/** Nothing as long as all is well. */
function diskLines({ problems, filledBy }: DiskUse): string[] {
  if (problems.length === 0) return [];
  const rows = filledBy.map(({ name, bytes }) => [`  ${(bytes / 1e9).toFixed(2)} GB`, name]);
  return ["", ...problems.map((problem) => `! ${problem}`), ...(rows.length > 0 ? [formatTable(rows)] : [])];
}

function jobRow({ name, schedule, removed, last }: StatusJob): string[] {
  const when = schedule === undefined ? "by hand" : `${schedule} UTC on the host`;
  return [
    `job ${name}`,
    removed ? "no longer in deployment.ts" : when,
    last ? `${stateOf({ ...last, restarts: 0 })}, began ${last.startedAt}` : "has not run here",
  ];
}

function stateOf({
  status: state,
  health,
  exitCode,
  restarts,
}: Pick<StatusContainer, "status" | "health" | "exitCode" | "restarts">): string {
  if (state === "exited" && exitCode === 0) return "ended well";
  if (state === "exited") return `ended with exit status ${exitCode}`;
  const again = restarts > 0 ? `, ${restarts} restarts` : "";
  return health === undefined ? `${state}${again}` : `${state}, ${health}${again}`;
}
