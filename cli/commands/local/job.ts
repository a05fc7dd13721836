import { objectName } from "../../../application/application";
import { taskArguments } from "../../../application/renderings/task-arguments";
import type { Service } from "../../../application/service";
import { DeploymentError, describeProblem } from "../../../config/errors";
import { requireOwnData } from "../../data/claim";
import { requireEngine } from "../../preflight/preflight";
import { machineProblems } from "../../problems";
import type { Workspace } from "../../workspace/workspace";
import { servingContainer } from "../../deploy/serving";

/** Exit status of a second start: sysexits.h calls it EX_TEMPFAIL, and the release program has the same. */
const RUNS_ALREADY = 75;

/**
 * Runs a job of `deployment.ts` with the image of the release that serves, shows what it says, and ends with its exit
 * status. Its container stays until the next run: `make logs` shows it. The container's name keeps a second run out.
 */
export async function job(workspace: Workspace, name: string): Promise<void> {
  const { application, deployment, docker } = workspace;
  const jobs = application.services.filter(({ kind }) => kind === "job");
  const service = jobs.find(({ role }) => role === name);
  if (!service) {
    const known = jobs.map(({ role }) => role);
    throw new DeploymentError([machineProblems.unknownJob(name, known)]);
  }
  await requireEngine(workspace);
  await requireOwnData(workspace);
  const container = objectName(application, name);
  const [before] = await docker.inspect([container]);
  if (before && before.application !== deployment.name)
    throw new DeploymentError([machineProblems.nameTaken(container)]);
  if (before?.status === "running") {
    process.stderr.write(`\n${describeProblem(machineProblems.jobRuns(name, before.startedAt))}\n`);
    process.exitCode = RUNS_ALREADY;
    return;
  }
  const { imageId } = await servingContainer(workspace);
  // Without force: one that another command has just started stays.
  if (before) await docker.try(["rm", before.id]);
  process.exitCode = await docker.interact(["run", ...jobArguments(workspace, service, imageId)]);
}

/** A job's container as arguments of `docker run` on this computer. */
export function jobArguments(
  { application }: Pick<Workspace, "application">,
  service: Service,
  image: string,
): string[] {
  return taskArguments(application, service, {
    images: { base: ({ reference }) => reference, application: image },
    assets: "",
    userFiles: "",
    containerOf: (role) => role,
    folderOf: (path) => path,
  });
}
