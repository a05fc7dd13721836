import { relative } from "node:path";
import { processThatServes } from "../../application/registry/queries";
import { type Problem, DeploymentError } from "../../config/errors";
import { urlOf } from "../../stacks/local";
import { type Container, isConfigured, isProcess } from "../docker/container";
import { type FailedContainer, LOG_LINES, describeEnds, exitMeaning } from "../docker/watch";
import { machineProblems } from "../problems";
import { InterruptedError } from "../session/interrupt";
import { type Diagnostic, addressOf } from "../terraform/events";
import { containerLogicalId } from "../../constructs/docker/logical-id";
import type { StateObject } from "../terraform/state";
import { LOCAL_STACKS } from "../terraform/terraform";
import { TerraformError } from "../terraform/terraform-stack";
import { askApplication } from "../visitor/application";
import type { Workspace } from "../workspace/workspace";
import { buildFailure } from "./build-failure";
import { buildLogOf, readBuildLog } from "./build-log";

/** The step that builds the application's image. */
const IMAGE = "image web-image";

/**
 * Says what an error of Terraform means for somebody who wants the application to run, and takes away the release
 * that it has left half done.
 *
 * @param failedContainers containers that were given up and removed while the apply ran
 */
export async function explain(
  workspace: Workspace,
  error: unknown,
  failedContainers: readonly FailedContainer[] = [],
): Promise<Error> {
  if (!(error instanceof TerraformError)) {
    if (error instanceof InterruptedError) await removeUnfinishedReleases(workspace);
    return error instanceof Error ? error : new Error(String(error));
  }
  const problems: Problem[] = [];
  for (const diagnostic of onePerStep(error.diagnostics))
    problems.push(await explainOne(workspace, error, diagnostic, failedContainers));
  await removeUnfinishedReleases(workspace);
  return new DeploymentError(problems);
}

/** Several containers of one process fail for the same reason: the first is enough. */
export function onePerStep(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const stepAt = (diagnostic: Diagnostic): string | undefined => stepOf(addressOf(diagnostic));
  return diagnostics.filter((diagnostic, index) => {
    const step = stepAt(diagnostic);
    return step === undefined || diagnostics.findIndex((other) => stepAt(other) === step) === index;
  });
}

async function explainOne(
  workspace: Workspace,
  { stackId, command }: TerraformError,
  diagnostic: Diagnostic,
  failedContainers: readonly FailedContainer[],
): Promise<Problem> {
  const log = relative(workspace.root, workspace.log.path);
  const { summary, detail } = diagnostic;
  if (summary === "Error acquiring the state lock") {
    return machineProblems.stateLocked(stackId, lockHolder(detail));
  }
  const step = stepOf(addressOf(diagnostic));
  if (step === undefined || command !== "apply") {
    return machineProblems.terraformFailed(stackId, command, oneLine(`${summary} ${detail}`), log);
  }
  const failed =
    failedContainers.find(({ container }) => container.role === step) ??
    (await findFailedContainer(workspace, step));
  const consequence = await consequenceOf(workspace);
  const built = step === IMAGE ? readBuildLog(workspace.outdir) : [];
  const said = failed?.log ?? (built.length > 0 ? built : lastLines(`${summary}\n${detail}`));
  workspace.log.write(`--- ${step}:\n${said.join("\n")}`);
  const { version: python } = workspace.deployment.project.python;
  const reason = built.length > 0 ? buildFailure(built, python) : oneLine(summary);
  const file = built.length > 0 ? relative(workspace.root, buildLogOf(workspace.outdir)) : log;
  return machineProblems.stepFailed(step, failed?.reason ?? reason, consequence, said, file);
}

/** Finds the container that a step has failed with, and reads why. */
async function findFailedContainer(
  { docker, terraform, deployment }: Workspace,
  step: string,
): Promise<FailedContainer | undefined> {
  const tainted = new Set(
    LOCAL_STACKS.flatMap((id) => terraform.stack(id).state().objects)
      .filter((object) => object.tainted)
      .map(({ id }) => id),
  );
  const ofStep = (await docker.containers(deployment.name)).filter(({ role }) => role === step);
  // A task whose postcondition failed isn't tainted: then it is the newest one.
  const newest = ofStep.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt));
  const container = ofStep.find(({ id }) => tainted.has(id)) ?? newest.find(({ service }) => !service);
  if (!container) return undefined;
  return { container, reason: reasonOf(container), log: await docker.tail(container.id, LOG_LINES) };
}

/**
 * Takes away the containers of processes that an apply has not come through with: a release that failed or was broken
 * off must neither go on crashing nor take the traffic after all.
 */
async function removeUnfinishedReleases({ docker, terraform, deployment }: Workspace): Promise<void> {
  const { objects } = terraform.stack("local").state();
  const containers = await docker.containers(deployment.name);
  for (const container of unfinishedOf(containers, objects)) await docker.remove(container.id);
}

/**
 * Containers of a release that has not come through: those of processes which never became good, and, unless the release
 * serves, those of `deployment.ts`'s processes whose predecessor still runs: it is the predecessor's release that goes on.
 */
export function unfinishedOf(
  containers: readonly Container[],
  objects: readonly StateObject[],
): readonly Container[] {
  const at = (address: string): readonly StateObject[] =>
    objects.filter((object) => object.address === address);
  const isReplaced = (address: string): boolean =>
    at(address).some(({ deposed, id }) => deposed && isRunning(containers, id));
  const serving = `docker_container.${containerLogicalId(processThatServes())}`;
  const serves = at(serving).some(({ deposed, tainted }) => !deposed && !tainted) && isReplaced(serving);
  return containers.filter((container) => {
    const object = objects.find(({ id }) => id === container.id);
    if (!object || !isProcess(container)) return false;
    if (object.tainted) return true;
    return isConfigured(container) && !object.deposed && !serves && isReplaced(object.address);
  });
}

function isRunning(containers: readonly Container[], id: string): boolean {
  return containers.some((container) => container.id === id && container.status === "running");
}

function reasonOf(container: Container): string {
  const { service, health, healthOutput, exitCode, restarts } = container;
  if (!service) return `it ended ${exitMeaning(exitCode)}`;
  const crashed = restarts > 0 ? `; ${describeEnds(container)}` : "";
  if (health === undefined || health === "healthy") return `it did not start${crashed}`;
  const said = healthOutput ? `; its health check says: ${oneLine(healthOutput)}` : "";
  return `it did not become healthy in time${crashed}${said}`;
}

/** What the failure means for those who use the application. */
async function consequenceOf({ application, deployment }: Workspace): Promise<string> {
  const url = urlOf(application);
  const answer = await askApplication(deployment, url);
  return answer !== undefined && answer.status < 500
    ? `the release before it still serves ${url}`
    : `nothing serves ${url} at the moment; all data is where it was`;
}

/** `docker_container.nginx_check`, `docker_container.worker[0]` → `nginx-check`, `worker`: its container's label. */
export function stepOf(address: string | undefined): string | undefined {
  const [, type, name] = /^docker_(\w+)\.(\w+)(?:\[\d+\])?$/.exec(address ?? "") ?? [];
  if (type === undefined || name === undefined) return undefined;
  const role = name.replaceAll("_", "-");
  return type === "container" ? role : `${type} ${role}`;
}

/** Who holds a state's lock, from Terraform's description of it. */
export function lockHolder(detail: string): string {
  const who = /^\s*Who:\s*(.+)$/m.exec(detail)?.[1];
  const operation = /^\s*Operation:\s*(?:OperationType)?(.+)$/m.exec(detail)?.[1];
  return who === undefined ? "" : ` (${operation ?? "run"} by ${who})`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function lastLines(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-LOG_LINES);
}
