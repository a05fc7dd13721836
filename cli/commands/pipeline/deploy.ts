import { fullNameOf } from "../../../config/github";
import { repositoryFilesOf } from "../../../synth/repository/repository-files";
import { beginning } from "../../aws/beginning";
import { HostDeployer } from "../../aws/deployer";
import { RemoteDeployer } from "../../deploy/remote-deployer";
import { explainGitHub } from "../../github/failure";
import { ownFiles } from "../../github/own-files";
import { readOutputs } from "../../host/outputs";
import { writeSshConfig } from "../../host/ssh";
import { type Step, runSteps, write } from "../../session/progress";
import { requireGitHub, requireHost } from "../../workspace/sections";
import type { Workspace } from "../../workspace/workspace";

/**
 * Makes all that a push needs to go live: the machine on AWS, then the environment and the files on GitHub. The keys and
 * the sealed secrets must be there.
 *
 * @throws {@link DeploymentError} when a file that isn't ours is where one of the pipeline's would be committed
 */
export async function deploy(workspace: Workspace): Promise<void> {
  const host = requireHost(workspace);
  const github = requireGitHub(workspace);
  const { root, files } = repositoryFilesOf(workspace);
  ownFiles(root, files);
  await workspace.lock.take("deploy", write);
  const machine = new HostDeployer(workspace, { host });
  const pipeline = new RemoteDeployer(workspace, {
    where: "GitHub",
    explain: (error) => explainGitHub(workspace, github, host, error),
  });
  const steps: Step[] = [
    ...beginning(workspace, { withPipeline: true }),
    // First of all: without its provider nothing is begun.
    { title: "Provider for GitHub", run: () => pipeline.prepare("pipeline") },
    { title: "Data and address", run: (report) => machine.deploy("host-data", report) },
    { title: "Machine", run: (report) => machine.deploy("host", report) },
    { title: `Repository ${fullNameOf(github)}`, run: (report) => pipeline.deploy("pipeline", report) },
  ];
  await runSteps(steps, workspace);
  const { address, url } = readOutputs(await workspace.terraform.stack("host").outputs());
  writeSshConfig(workspace.root, address, host);
  write(`\nEach push to ${github.branch} of ${fullNameOf(github)} now goes live at ${url}`);
  write(`  its releases: https://github.com/${fullNameOf(github)}/actions`);
}
