import type { App } from "cdktf";
import type { ContextSources } from "../application/build-context";
import type { Deployment } from "../config/deployment";
import type { Files } from "../constructs/files";
import type { HostStack } from "../stacks/host";
import type { HostDataStack } from "../stacks/host-data";

export interface HostStacksProps {
  readonly deployment: Deployment;
  /** The project's files that belong into the image. */
  readonly projectFiles: Pick<ContextSources, "requirements" | "projectFiles">;
  readonly files: Files;
  /** The program's own folder, which holds `assets/`; absolute. */
  readonly root: string;
}

/** The stacks on AWS, which others build upon. */
export interface AddedHostStacks {
  readonly data: HostDataStack;
  readonly machine: HostStack;
}

/**
 * Adds the stacks on AWS to the app, and writes what they read.
 *
 * @returns undefined when the deployment has no host
 */
export type HostStacks = (app: App, props: HostStacksProps) => AddedHostStacks | undefined;

/**
 * The stacks on AWS, when the deployment has a host. They are loaded only then: AWS's bindings would tax every synth of
 * those who have none.
 */
export async function hostStacksOf({ host }: Deployment): Promise<HostStacks | undefined> {
  return host && (await import("./add-host-stacks")).addHostStacks;
}
