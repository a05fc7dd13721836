import { readFileSync } from "node:fs";
import type { App } from "cdktf";
import type { Deployment } from "../config/deployment";
import { DeploymentError } from "../config/errors";
import { type SecretValues, ciphertextsOf, readSealed } from "../config/files/sealed";
import type { Files } from "../constructs/files";
import type { AddedHostStacks } from "./host-stacks";
import { type RepositorySources, repositoryFilesOf } from "./repository/repository-files";

export interface PipelineProps {
  readonly deployment: Deployment;
  readonly files: Files;
  /** The machine to which a push is deployed. */
  readonly host: AddedHostStacks;
}

/** Adds the stack on GitHub to the app, and writes what it reads. */
export type Pipeline = (app: App, props: PipelineProps) => void;

export interface PipelineSources extends RepositorySources {
  /** Without sealed secrets, leave the stack out. @default false: that is an error */
  readonly optional?: boolean;
}

/**
 * The stack on GitHub, when the deployment has a repository. It is loaded only then, like the stacks on AWS.
 *
 * @throws {@link DeploymentError} when the secrets have not been sealed, or have changed since
 */
export async function pipelineOf(sources: PipelineSources): Promise<Pipeline | undefined> {
  const { deployment, root, optional = false } = sources;
  const { github } = deployment;
  if (!github) return undefined;
  try {
    const sealed = ciphertextsOf(readSealed(root), github, secretValuesOf(deployment));
    const { addPipelineStack } = await import("./add-pipeline-stack");
    const { files: repositoryFiles } = repositoryFilesOf(sources);
    return (app, props) => addPipelineStack(app, { ...props, github, sealed, repositoryFiles });
  } catch (error) {
    if (optional && error instanceof DeploymentError) return undefined;
    throw error;
  }
}

/** The secrets as they are now: the key that opens the machine, and the project's `.env`, byte for byte. */
export function secretValuesOf({ host, project }: Deployment): SecretValues {
  return {
    KEY: host && bytesOf(host.keys.deploy.file),
    ENV_VARS: project.envFile && bytesOf(project.envFile.path),
  };
}

function bytesOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
