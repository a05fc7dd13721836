import { DeploymentError, type Problem } from "../../config/errors";
import { urlOf } from "../../stacks/local";
import { provideBaseImages } from "../base-images";
import { Deployer } from "../deploy";
import { destroyVolumes } from "../destroy-volumes";
import { preflight } from "../preflight";
import { askApplication } from "../probe";
import { machineProblems } from "../problems";
import { type Step, runSteps, write } from "../progress";
import { recover } from "../recover";
import { pruneReleases } from "../releases";
import { LOCAL_STACKS, type LocalStackId } from "../terraform";
import type { Workspace } from "../workspace";
import { synthesizeWorkspace } from "./synth";

export interface UpOptions {
  /** Names of volumes that may be lost: they are deleted first. @default none */
  readonly destroyVolume?: readonly string[];
}

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
  let deployer: Deployer | undefined;
  await lock.take("up", write);

  const steps: Step[] = [
    {
      title: "Machine",
      run: async () => {
        const checked = await preflight(workspace);
        if (checked.problems.length > 0) throw new DeploymentError(checked.problems);
        warnings.push(...checked.warnings);
        return undefined;
      },
    },
    { title: "Base images", run: (report) => provideBaseImages(workspace, report) },
    { title: "Synthesis", run: () => synthesizeWorkspace(workspace, { localOnly: true }) },
    {
      title: "Earlier runs",
      run: async (report) => {
        await destroyVolumes(workspace, destroyVolume, report);
        const { adopted, actions } = await recover(workspace, report);
        deployer = new Deployer(workspace, adopted);
        deployer.begin();
        return actions === 0 ? "nothing to put right" : `${actions} put right`;
      },
    },
    ...LOCAL_STACKS.map((id): Step => ({
      title: TITLES[id],
      run: async (report) => deployer?.deploy(id, report),
    })),
    {
      title: "Answer",
      run: async () => {
        const problem = await answerProblem(workspace, url);
        if (problem) throw new DeploymentError([problem]);
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
  write(`\n${deployment.name} is up, after ${((Date.now() - began) / 1000).toFixed(1)} s: ${url}`);
}

/** Asks as a visitor would. runserver has no health check of its own and may take a moment. */
async function answerProblem(
  { deployment, interrupt }: Workspace,
  url: string,
): Promise<Problem | undefined> {
  const patience = deployment.local.profile === "development" ? deployment.web.startTimeout : 5;
  const deadline = Date.now() + patience * 1000;
  for (;;) {
    const answer = await askApplication(deployment, url);
    if (answer && answer.status < 500) return undefined;
    if (Date.now() > deadline || interrupt.requested) {
      return machineProblems.noAnswer(url, answer ? `answering with HTTP ${answer.status}` : "silent");
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
