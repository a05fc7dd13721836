import { containerLogicalId } from "../../constructs/docker/logical-id";
import type { Container } from "../docker/container";
import { type FailedContainer, LOG_LINES, describeEnds, reasonToGiveUp } from "../docker/watch";
import { TerraformError } from "../terraform/terraform-stack";
import type { Workspace } from "../workspace/workspace";
import { explain } from "./failure";

/**
 * Looks a last time at what a deployment has started. A container may be up for its soak, end, and be up for its soak again.
 *
 * @param made containers that the deployment has made
 * @returns what is worth knowing of containers that have ended and run again, a sentence each
 * @throws what went wrong with a container that ends again and again; it is removed
 */
export async function requireSteady(workspace: Workspace, made: readonly Container[]): Promise<string[]> {
  const { docker } = workspace;
  const containers = made.filter(({ service, restarts }) => service && restarts > 0);
  const failed: FailedContainer[] = [];
  for (const container of containers) {
    const reason = reasonToGiveUp(container);
    if (reason === undefined) continue;
    failed.push({ container, reason, log: await docker.tail(container.id, LOG_LINES) });
    await docker.remove(container.id);
  }
  if (failed.length > 0) throw await explainGivenUp(workspace, failed);
  return containers.map(
    (container) =>
      `${container.role} runs, but ${describeEnds(container)} before: see "make logs ARGS=${container.role}"`,
  );
}

/** Says what is wrong with containers that were given up though Terraform has taken them as good. */
export async function explainGivenUp(
  workspace: Workspace,
  failed: readonly FailedContainer[],
): Promise<Error> {
  const diagnostics = failed.map(({ container, reason }) => ({
    severity: "error" as const,
    summary: reason,
    detail: "",
    address: `docker_container.${containerLogicalId(container.role)}`,
  }));
  return explain(workspace, new TerraformError("local", "apply", diagnostics), failed);
}
