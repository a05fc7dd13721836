import { join } from "node:path";
import { rolesThat } from "../../../application/registry/queries";
import { type Problem, DeploymentError } from "../../../config/errors";
import { ID_FILE } from "../../../config/files/deployment-id";
import { urlOf } from "../../../stacks/local";
import { keepId, requireOwnData } from "../../data/claim";
import { contentsOf } from "../../data/contents";
import { destroyVolumes } from "../../data/destroy-volumes";
import { type DeploymentRecord, recordOf, sameRecord, writeRecord } from "../../data/record";
import { DatabaseAccess } from "../../database/database-access";
import { refuseLostSecrets } from "../../database/stored-database";
import { boundBuildLog } from "../../deploy/build-log";
import { NO_CHANGES } from "../../deploy/deployer";
import { LocalDeployer, TITLES } from "../../deploy/local-deployer";
import { requireSteady } from "../../deploy/steadiness";
import { type Container, madeSince, mayServe } from "../../docker/container";
import { limitProcesses } from "../../docker/process-limits";
import { pruneReleases } from "../../docker/releases";
import { pruneStaticFiles } from "../../docker/static-files";
import { taskWarnings } from "../../docker/task-warnings";
import { LOG_LINES } from "../../docker/watch";
import { provideBaseImages } from "../../preflight/base-images";
import { preflight, requireEngine } from "../../preflight/preflight";
import { machineProblems } from "../../problems";
import { recover } from "../../recovery/recover";
import { Deadline, stopwatch } from "../../session/deadline";
import { askForName } from "../../session/name-question";
import { type Step, runSteps, warn, write } from "../../session/progress";
import { LOCAL_STACKS } from "../../terraform/terraform";
import { visitApplication } from "../../visitor/application";
import { type Judgement, judge } from "../../visitor/judgement";
import type { Visits } from "../../visitor/visit";
import { synthesizeWorkspace } from "../../workspace/synthesis";
import type { Workspace } from "../../workspace/workspace";

export interface UpOptions {
  /** Names of volumes that may be lost: they are deleted first. @default none */
  readonly destroyVolume?: readonly string[];
  /** The deployment's name, typed out: stands for the question before a volume is deleted. @default it is asked */
  readonly name?: string;
  /** The deployment's name, typed out: volumes that carry no id are this folder's from now on. @default they are refused */
  readonly adopt?: string;
}

/** Milliseconds that a page of the release before may take: a deployment must not wait for what is slow or broken. */
const BEFORE_TIMEOUT = 3000;

/** Deploys what `deployment.ts` says; what is there already stays as it is. */
export async function up(workspace: Workspace, options: UpOptions = {}): Promise<void> {
  const seconds = stopwatch();
  const { destroyVolume = [] } = options;
  const { deployment, docker, interrupt, look, lock, root } = workspace;
  // With the deployment's id, once that is known.
  let identified = workspace;
  let record: DeploymentRecord | undefined;
  const notes: string[] = [];
  const url = urlOf(workspace.application);
  const warnings: string[] = [];
  const access = new DatabaseAccess(workspace);
  let deployer: LocalDeployer | undefined;
  let before: Visits = [];
  let changes: readonly string[] = [];
  if (destroyVolume.length > 0) await askForVolumes(workspace, destroyVolume, options.name);
  await lock.take("up", write);

  const steps: Step[] = [
    {
      title: "Machine",
      run: async () => {
        // Beside the checks, whose problems are told first.
        const visiting = visitsBefore(workspace, url);
        void visiting.catch(() => undefined);
        const { claim, ...checked } = await preflight(workspace, options.adopt);
        if (checked.problems.length > 0 || !claim) throw new DeploymentError(checked.problems);
        warnings.push(...checked.warnings);
        const kept = keepId(workspace, claim.owner);
        identified = kept.workspace;
        record = claim.evidence.record;
        if (kept.written) notes.push(COMMIT_ID);
        before = await visiting;
        return undefined;
      },
    },
    { title: "Base images", run: (report) => provideBaseImages(identified, report) },
    { title: "Synthesis", run: () => synthesizeWorkspace(identified, { localOnly: true }) },
    {
      title: "Earlier runs",
      run: async (report) => {
        await destroyVolumes(identified, destroyVolume, report);
        await refuseLostSecrets(identified);
        const { adopted, actions } = await recover(identified, report);
        deployer = new LocalDeployer(identified, adopted);
        boundBuildLog(identified.outdir);
        deployer.begin();
        access.begin();
        return actions === 0 ? "nothing to put right" : `${actions} put right`;
      },
    },
    ...LOCAL_STACKS.flatMap((id): Step[] => [
      {
        title: TITLES[id],
        run: async (report) => {
          const done = await deployer?.deploy(id, report);
          // Two folders may have begun at the same moment: the engine gives both the same volumes.
          if (id === "local-data" && done !== NO_CHANGES) await requireOwnData(identified);
          if (id === "local-database") {
            const now = recordOf(deployment, root);
            if (!sameRecord(now, record)) await writeRecord(docker, deployment.name, now);
          }
          return done;
        },
      },
      // Before the release, whose containers may have new ones.
      ...(id === "local-database"
        ? [
            {
              title: "Passwords",
              run: (report) => (deployer?.isUnchanged ? access.confirm(report) : access.set(report)),
            } satisfies Step,
          ]
        : []),
    ]),
    {
      title: "Answer",
      run: async () => {
        const { failures, changes: found } = await visitorsAnswer(workspace, url, before);
        if (failures.length > 0) throw new DeploymentError([await notServed(workspace, url, failures)]);
        changes = found;
        // The release before is gone: nobody needs the passwords before any more.
        await access.end();
        await pruneReleases(docker, deployment.name, join(root, ".deployment", "deployed-images"));
        const containers = await docker.containers(deployment.name);
        await limitProcesses(docker, containers, workspace.application.services);
        if (deployer?.isUnchanged === false) {
          const made = madeSince(deployer.earlierContainers, containers);
          warnings.push(...(await requireSteady(workspace, made)));
          warnings.push(...(await taskWarnings(docker, made)));
          warnings.push(...(await removeStaticFiles(workspace, containers)));
        }
        return undefined;
      },
    },
  ];
  try {
    await runSteps(steps, { look, interrupt });
  } finally {
    await deployer?.end();
    // A run that fails may fail because of one of these.
    for (const notice of workspace.notices) write(`note: ${notice}`);
    for (const warning of warnings) write(`warning: ${warning}`);
  }
  notes.forEach(write);
  for (const change of changes) warn(`warning: ${change}`, look);
  write(`\n${deployment.name} is up, after ${seconds().toFixed(1)} s: ${url}`);
}

/** Those that no release needs any more. What is served doesn't suffer from a failure: the next run tries again. */
async function removeStaticFiles(
  { deployment, docker }: Workspace,
  containers: readonly Container[],
): Promise<string[]> {
  if (deployment.local.profile !== "production") return [];
  const serving = containers.find(mayServe);
  const reason = serving && (await pruneStaticFiles(docker, deployment.name, serving.imageId));
  return reason === undefined ? [] : [`static files that no release needs could not be removed: ${reason}`];
}

/** Said when the deployment's id was written. */
const COMMIT_ID = `${ID_FILE} was written: commit it, so that each clone of this deployment finds its data`;

/** Shows what is in the volumes that shall be deleted, and has the deployment's name typed; nothing when none is there. */
async function askForVolumes(
  workspace: Workspace,
  volumes: readonly string[],
  typed: string | undefined,
): Promise<void> {
  await requireEngine(workspace);
  await requireOwnData(workspace);
  const { name } = workspace.deployment;
  const onEngine = await workspace.docker.volumes(name);
  const doomed = volumes.filter((volume) => onEngine.includes(volume));
  if (doomed.length === 0) return;
  await askForName(`up --destroy-volume ${volumes.join(" --destroy-volume ")}`, name, typed, [
    `This deletes for ever ${doomed.join(", ")} of what ${name} has stored:`,
    ...(await contentsOf(workspace)),
  ]);
}

/** What visitors get before anything is changed; nothing when nobody serves yet. */
async function visitsBefore({ deployment, docker }: Workspace, url: string): Promise<Visits> {
  const containers = await docker.containers(deployment.name);
  const serves = rolesThat(({ servesRequests }) => servesRequests).every((role) =>
    containers.some((container) => container.role === role && container.status === "running"),
  );
  return serves ? visitApplication(deployment, { origin: url, timeout: BEFORE_TIMEOUT }) : [];
}

/** Asks as visitors do. runserver has no health check of its own and may take a moment. */
async function visitorsAnswer(
  { deployment, interrupt }: Workspace,
  url: string,
  before: Visits,
): Promise<Judgement> {
  const patience = deployment.local.profile === "development" ? deployment.web.startTimeout : 5;
  const deadline = new Deadline(patience);
  for (;;) {
    const judgement = judge(await visitApplication(deployment, { origin: url }), before);
    if (judgement.failures.length === 0 || deadline.isOver || interrupt.requested) return judgement;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** What the application has said meanwhile is most often why. */
async function notServed(
  { deployment, docker }: Workspace,
  url: string,
  failures: readonly string[],
): Promise<Problem> {
  const containers = await docker.containers(deployment.name);
  const serving = containers.find(mayServe);
  const log = serving ? await docker.tail(serving.id, LOG_LINES) : [];
  return machineProblems.notServed(url, failures, log);
}
