import { DeploymentError, problems } from "../../config/errors";
import { urlOf } from "../../stacks/local";
import { synthesize } from "../../synth/synthesize";
import { describeEvent } from "../events";
import { guard } from "../guard";
import { InterruptedError } from "../interrupt";
import { isEmpty, summarize } from "../plan";
import { probe } from "../probe";
import { type Report, type Step, runSteps } from "../progress";
import { recover } from "../recover";
import { LOCAL_STACKS, type StackId } from "../terraform";
import type { PlanOptions, TerraformStack } from "../terraform-stack";
import type { Workspace } from "../workspace";

const TITLES: Readonly<Record<StackId, string>> = {
  "local-data": "Volumes",
  "local-database": "Network, secrets and database",
  local: "Application",
};

/** Deploys what `deployment.ts` says; what is there already stays as it is. */
export async function up(workspace: Workspace): Promise<void> {
  const began = Date.now();
  const url = urlOf(workspace.application);
  await workspace.lock.take("up", (message) => process.stdout.write(`${message}\n`));
  let takenOver: ReadonlySet<StackId> = new Set();
  const steps: Step[] = [
    {
      title: "Synthesis",
      run: () => {
        const { deployment, projectFiles, root, outdir } = workspace;
        synthesize({ deployment, projectFiles, root, outdir });
        return Promise.resolve(undefined);
      },
    },
    {
      title: "Earlier runs",
      run: async (report) => {
        const { adopted, actions } = await recover(workspace, report);
        takenOver = adopted;
        return actions === 0 ? "nothing in the way" : `${actions} things put right`;
      },
    },
    ...LOCAL_STACKS.map((id) => ({ title: TITLES[id], run: (report: Report) => deployStack(workspace, id, takenOver.has(id), report) })),
    {
      title: "Answer",
      run: async () => {
        const host = workspace.deployment.project.allowedHosts[0] ?? "localhost";
        const answer = await probe(new URL(workspace.deployment.project.healthPath, url), host);
        return answer ? `HTTP ${answer.status}` : "none";
      },
    },
  ];
  await runSteps(
    steps.map((step) => ({
      ...step,
      run: (report) => {
        if (workspace.interrupt.requested) throw new InterruptedError();
        return step.run(report);
      },
    })),
    workspace.look,
  );
  process.stdout.write(`\n${workspace.deployment.name} is up (${((Date.now() - began) / 1000).toFixed(1)} s): ${url}\n`);
}

async function deployStack(workspace: Workspace, id: StackId, takenOver: boolean, report: Report): Promise<string> {
  const stack = workspace.terraform.stack(id);
  // Without the images' ids Terraform can't see that the containers are as they should be.
  if (takenOver) await planAndApply(workspace, stack, { targets: stack.file().images }, report);
  return planAndApply(workspace, stack, {}, report);
}

async function planAndApply(
  workspace: Workspace,
  stack: TerraformStack,
  options: PlanOptions,
  report: Report,
): Promise<string> {
  report("comparing with the engine");
  const planned = await stack.plan(options, () => undefined);
  try {
    const refusals = guard(planned.plan, guardProps(workspace));
    if (refusals.length > 0) {
      throw new DeploymentError(
        refusals.map(({ name, what, action, reason }) => problems.dataAtRisk(name, what, action, reason)),
      );
    }
    if (isEmpty(planned.plan)) return "no changes";
    const summary = summarize(planned.plan);
    report(summary);
    await stack.apply(planned, (event) => {
      const line = describeEvent(event);
      if (line !== undefined) report(line);
    });
    return summary;
  } finally {
    stack.discard(planned.file);
  }
}

function guardProps({ application }: Workspace): Parameters<typeof guard>[1] {
  const { volumes } = application;
  return {
    disposable: volumes.filter(({ data }) => data === undefined).map(({ name }) => name),
    contents: Object.fromEntries(volumes.flatMap(({ name, data }) => (data === undefined ? [] : [[name, data]]))),
  };
}
