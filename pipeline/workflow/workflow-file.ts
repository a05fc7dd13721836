import { Document, type Scalar, type YAMLMap, type YAMLSeq, isScalar } from "yaml";
import { type ActionStep, Expression, type Job, type Step, type Workflow } from "./workflow";

/** Folder and name of the workflow, below the repository's root. */
export const WORKFLOW_PATH = ".github/workflows/deploy.yml";

/** The workflow as a person would have written it. Pure. */
export function workflowText(workflow: Workflow): string {
  const document = new Document({
    name: workflow.name,
    on: {
      push: { branches: [workflow.branch] },
      workflow_dispatch: null,
      ...(workflow.schedule !== undefined && { schedule: [{ cron: workflow.schedule }] }),
    },
    permissions: {},
    // GitHub cancels a run that waits when the next one comes, unless the whole queue is asked for (100 runs).
    concurrency: { group: workflow.concurrencyGroup, queue: "max", "cancel-in-progress": false },
    defaults: { run: { shell: "bash" } },
    jobs: Object.fromEntries(Object.entries(workflow.jobs).map(([id, job]) => [id, jobEntry(job)])),
  });
  document.commentBefore = workflow.header.map((line) => ` ${line}`).join("\n");
  const top = document.contents as unknown as YAMLMap<Scalar>;
  for (const { key } of top.items.slice(1)) key.spaceBefore = true;
  (document.getIn(["on", "push", "branches"]) as YAMLSeq).flow = true;
  for (const [id, job] of Object.entries(workflow.jobs)) annotate(document, id, job);
  return document.toString({ lineWidth: 0, nullStr: "", flowCollectionPadding: false });
}

function jobEntry(job: Job): Record<string, unknown> {
  return {
    name: job.name,
    ...(job.condition !== undefined && { if: job.condition }),
    "runs-on": job.runsOn,
    "timeout-minutes": job.timeout,
    environment: job.environment,
    permissions: job.permissions,
    ...(job.workingDirectory !== undefined && {
      defaults: { run: { "working-directory": job.workingDirectory } },
    }),
    steps: job.steps.map(stepEntry),
  };
}

function stepEntry(step: Step): Record<string, unknown> {
  const common = { name: step.name, ...(step.condition !== undefined && { if: step.condition }) };
  if ("uses" in step) {
    const values = Object.entries(step.with).map(([name, value]) => [name, plain(value)] as const);
    return { ...common, uses: `${step.uses.action}@${step.uses.commit}`, with: Object.fromEntries(values) };
  }
  const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, value.toString()] as const);
  return {
    ...common,
    ...(env.length > 0 && { env: Object.fromEntries(env) }),
    run: step.run.length === 1 ? step.run[0] : `${step.run.join("\n")}\n`,
  };
}

function plain(value: ActionStep["with"][string]): string | number | boolean {
  return value instanceof Expression ? value.toString() : value;
}

/** Steps apart from each other, each action's version behind its hash, and why a right is given. */
function annotate(document: Document, id: string, job: Job): void {
  const token = document.getIn(["jobs", id, "permissions", "id-token"], true);
  if (isScalar(token)) token.comment = " shows AWS which repository and environment this run is of";
  const steps = document.getIn(["jobs", id, "steps"]) as YAMLSeq<YAMLMap>;
  steps.items.forEach((item, index) => {
    item.spaceBefore = index > 0;
    const [uses, step] = [item.get("uses", true), job.steps[index]];
    if (isScalar(uses) && step !== undefined && "uses" in step) uses.comment = ` ${step.uses.version}`;
  });
}
