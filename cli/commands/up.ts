import { DeploymentError, type Problem } from "../../config/errors";
import { urlOf } from "../../stacks/local";
import { provideBaseImages } from "../base-images";
import { DatabaseAccess } from "../database-access";
import { Deployer } from "../deploy";
import { destroyVolumes } from "../destroy-volumes";
import { preflight } from "../preflight";
import { machineProblems } from "../problems";
import { type Step, runSteps, warn, write } from "../progress";
import { recover } from "../recover";
import { pruneReleases } from "../releases";
import { refuseLostSecrets } from "../stored-database";
import { LOCAL_STACKS, type LocalStackId } from "../terraform";
import { visitApplication } from "../visitor/application";
import { type Judgement, judge } from "../visitor/judgement";
import type { Visits } from "../visitor/visit";
import { LOG_LINES } from "../watch";
import type { Workspace } from "../workspace";
import { synthesizeWorkspace } from "./synth";

export interface UpOptions {
  /** Names of volumes that may be lost: they are deleted first. @default none */
  readonly destroyVolume?: readonly string[];
}

/** Milliseconds that a page of the release before may take: a deployment must not wait for what is slow or broken. */
const BEFORE_TIMEOUT = 3000;

/** What each stack is to a user. */
export const TITLES: Readonly<Record<LocalStackId, string>> = {
  "local-data": "Volumes",
  "local-database": "Database",
  local: "Application",
};

/** Deploys what `deployment.ts` says; what is there already stays as it is. */
export async function up(workspace: Workspace, { destroyVolume = [] }: UpOptions = {}): Promise<void> {
  const began = Date.now();
  const { deployment, docker, interrupt, look, lock } = workspace;
  const url = urlOf(workspace.application);
  const warnings: string[] = [];
  const access = new DatabaseAccess(workspace);
  let deployer: Deployer | undefined;
  let before: Visits = [];
  let changes: readonly string[] = [];
  await lock.take("up", write);

  const steps: Step[] = [
    {
      title: "Machine",
      run: async () => {
        const checked = await preflight(workspace);
        if (checked.problems.length > 0) throw new DeploymentError(checked.problems);
        warnings.push(...checked.warnings);
        before = await visitsBefore(workspace, url);
        return undefined;
      },
    },
    { title: "Base images", run: (report) => provideBaseImages(workspace, report) },
    { title: "Synthesis", run: () => synthesizeWorkspace(workspace, { localOnly: true }) },
    {
      title: "Earlier runs",
      run: async (report) => {
        await destroyVolumes(workspace, destroyVolume, report);
        await refuseLostSecrets(workspace);
        const { adopted, actions } = await recover(workspace, report);
        deployer = new Deployer(workspace, adopted);
        deployer.begin();
        return actions === 0 ? "nothing to put right" : `${actions} put right`;
      },
    },
    ...LOCAL_STACKS.flatMap((id): Step[] => [
      { title: TITLES[id], run: async (report) => deployer?.deploy(id, report) },
      // Before the release, whose containers may have new ones.
      ...(id === "local-database"
        ? [{ title: "Passwords", run: (report) => access.set(report) } satisfies Step]
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
        await pruneReleases(docker, deployment.name);
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
  for (const change of changes) warn(`warning: ${change}`, look);
  write(`\n${deployment.name} is up, after ${((Date.now() - began) / 1000).toFixed(1)} s: ${url}`);
}

/** What visitors get before anything is changed; nothing when nobody serves yet. */
async function visitsBefore({ deployment, docker }: Workspace, url: string): Promise<Visits> {
  const containers = await docker.containers(deployment.name);
  const serves = ["nginx", "web"].every((role) =>
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
  const deadline = Date.now() + patience * 1000;
  for (;;) {
    const judgement = judge(await visitApplication(deployment, { origin: url }), before);
    if (judgement.failures.length === 0 || Date.now() > deadline || interrupt.requested) return judgement;
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
  const web = containers.find(({ role, status }) => role === "web" && status === "running");
  const log = web ? await docker.tail(web.id, LOG_LINES) : [];
  return machineProblems.notServed(url, failures, log);
}
