import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { serviceOf } from "../../application/application";
import { type TaskSurroundings, taskArguments } from "../../application/renderings/task-arguments";
import type { Service } from "../../application/service";
import { secrets } from "../../application/tasks/secrets";
import { DeploymentError } from "../../config/errors";
import { readMachine } from "../computer/machine";
import type { Outcome } from "../computer/process";
import type { Docker } from "../docker/docker";
import { machineProblems } from "../problems";
import type { Workspace } from "../workspace/workspace";

/** Seconds for a task that asks MariaDB, which may be waited for. */
export const TASK_PATIENCE = 900;

/** What the secrets task does when it is asked for more than to provide what is missing (assets/secrets/secrets_task.py). */
export type SecretsAction = "adopt" | "renew";

/**
 * Runs the secrets task once more, beside what Terraform runs.
 *
 * @param input values that are known, for `renew`
 * @returns what it said, without any value
 * @throws {@link DeploymentError} when it fails
 */
export async function runSecretsTask(
  workspace: Workspace,
  action: SecretsAction,
  input = "",
): Promise<readonly string[]> {
  const task = serviceOf(workspace.application, secrets.name);
  const environment = { ...task.environment, SECRETS_DO: action };
  const { status, stdout, stderr } = await runContainer(workspace, { ...task, environment }, input);
  const lines = [...stdout.split("\n"), ...stderr.split("\n")].filter((line) => line.trim() !== "");
  if (status !== 0) throw new DeploymentError([machineProblems.secretsFailed(lines)]);
  return lines;
}

/** Runs a service's container to its end, with its files in it, also on an engine that is far away. */
export async function runContainer(
  { application, docker, root }: Workspace,
  service: Service,
  input = "",
): Promise<Outcome> {
  const args = taskArguments(application, { ...service, kind: "task", files: [] }, surroundings(root));
  const id = (await docker.run(["create", "--interactive", ...args])).trim();
  try {
    await layFolders(docker, id, service);
    for (const { source, target } of service.files) {
      const from = "asset" in source ? join(root, "assets", source.asset) : source.path;
      await docker.run(["cp", from, `${id}:${target}`]);
    }
    return await docker.try(["start", "--attach", "--interactive", id], { input, timeout: TASK_PATIENCE });
  } finally {
    // The engine has removed it when it ended.
    await docker.try(["rm", "--force", id]);
  }
}

/** The engine copies a file only into a folder that is there. */
async function layFolders(docker: Docker, id: string, { files }: Service): Promise<void> {
  const empty = mkdtempSync(join(tmpdir(), "django-deployment-"));
  try {
    for (const folder of new Set(files.map(({ target }) => posix.dirname(target))))
      await docker.run(["cp", `${empty}/.`, `${id}:${folder}`]);
  } finally {
    rmdirSync(empty);
  }
}

/** Images as this machine knows them. No file comes from a folder of the engine's. */
function surroundings(root: string): TaskSurroundings {
  const { images = {} } = readMachine(root);
  return {
    images: {
      base: ({ base, reference }) => images[base] ?? reference,
      application: "",
    },
    assets: "",
    userFiles: "",
    containerOf: (role) => role,
  };
}
