import { join, resolve } from "node:path";
import type { Application } from "../../application/application";
import { applicationOf } from "../../application/model";
import type { Deployment } from "../../config/deployment";
import { type Environment, readEnvironment } from "../../config/environment";
import { type LoadOptions, type LoadedDeployment, loadDeployment } from "../../config/load";
import type { DeploymentInput } from "../../config/schema";
import { type Machine, readMachine, terraformVariables } from "../computer/machine";
import { Docker } from "../docker/docker";
import { Interrupt } from "../session/interrupt";
import { Log } from "../session/log";
import type { Look } from "../session/progress";
import { RunLock } from "../session/run-lock";
import { Terraform } from "../terraform/terraform";

/** All that a command works with. */
export interface Workspace {
  /** The program's own folder; absolute. */
  readonly root: string;
  /** Where stacks are synthesized; absolute. */
  readonly outdir: string;
  readonly deployment: Deployment;
  readonly projectFiles: LoadedDeployment["projectFiles"];
  /** What is no problem and worth knowing, a sentence each. */
  readonly notices: readonly string[];
  /** The file of sqlite that the project's settings name; absolute. */
  readonly sqliteFile?: string;
  readonly application: Application;
  readonly environment: Environment;
  readonly docker: Docker;
  readonly terraform: Terraform;
  readonly interrupt: Interrupt;
  readonly lock: RunLock;
  readonly log: Log;
  readonly look: Look;
}

/** Columns in which lines can't be redrawn; a terminal that doesn't know its size says 0. */
const NARROW = 40;

/**
 * Reads the deployment and the machine. Writes nothing.
 *
 * @param command its name is the name of its log
 * @throws {@link DeploymentError} with everything that is wrong in `deployment.ts` and the project
 */
export async function openWorkspace(
  input: DeploymentInput,
  root: string,
  command: string,
  options: LoadOptions = {},
): Promise<Workspace> {
  const { deployment, notices, projectFiles, sqliteFile } = loadDeployment(input, root, options);
  const environment = readEnvironment();
  const dockerHost = deployment.local.dockerHost ?? environment.dockerHost ?? (await Docker.hostOfContext());
  const { terraformBinary } = readMachine(root);
  const outdir = join(root, "cdktf.out");
  const log = new Log(root, command);
  const interrupt = new Interrupt();
  const lock = new RunLock(root, { id: deployment.id });
  const terraform = new Terraform({
    root,
    outdir,
    binaries: terraformBinary === undefined ? ["terraform", "tofu"] : [terraformBinary],
    // Read when it is used: base images may be built in between.
    environment: () => terraformEnvironment(readMachine(root), environment, dockerHost),
    interrupt,
    lock,
    log,
  });
  return {
    root,
    outdir,
    deployment,
    projectFiles,
    notices,
    sqliteFile: sqliteFile === undefined ? undefined : resolve(deployment.project.folder, sqliteFile),
    application: applicationOf(deployment),
    environment,
    docker: new Docker(dockerHost),
    terraform,
    interrupt,
    lock,
    log,
    look: environment.ci || !process.stdout.isTTY || process.stdout.columns < NARROW ? "plain" : "live",
  };
}

/** What Terraform needs to know of this machine, as environment variables. */
export function terraformEnvironment(
  machine: Machine,
  { terraformConfig, githubApi, githubToken }: Partial<Environment>,
  dockerHost: string | undefined,
): Record<string, string> {
  // The machine's own is made, from the user's if there is one, only where that doesn't reach the providers.
  const configuration = machine.terraformConfig ?? terraformConfig;
  return {
    ...terraformVariables(machine),
    ...(configuration === undefined ? {} : { TF_CLI_CONFIG_FILE: configuration }),
    ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }),
    // The names that GitHub's provider reads.
    ...(githubApi === undefined ? {} : { GITHUB_BASE_URL: githubApi }),
    ...(githubToken === undefined ? {} : { GITHUB_TOKEN: githubToken }),
  };
}
