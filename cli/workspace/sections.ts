import { DeploymentError, problems } from "../../config/errors";
import type { GitHub } from "../../config/github";
import type { Host } from "../../config/host";
import { machineProblems } from "../problems";
import type { Workspace } from "./workspace";

/** @throws {@link DeploymentError} when the deployment has no machine */
export function requireHost({ deployment }: Workspace): Host {
  if (!deployment.host) throw new DeploymentError([machineProblems.noHost()]);
  return deployment.host;
}

/** @throws {@link DeploymentError} when the deployment has no repository */
export function requireGitHub({ deployment }: Workspace): GitHub {
  if (!deployment.github) throw new DeploymentError([problems.noGitHub()]);
  return deployment.github;
}
