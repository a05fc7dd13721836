import { randomBytes } from "node:crypto";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { applicationOf } from "../../application/model";
import { DeploymentError, type Problem } from "../../config/errors";
import { ID_FILE, readDeploymentId, renderDeploymentId } from "../../config/files/deployment-id";
import { machineProblems } from "../problems";
import type { Workspace } from "../workspace/workspace";
import { describeContents } from "./contents";
import { type Evidence, type Owner, decideOwner } from "./owner";
import { type DeploymentRecord, placeOf } from "./record";
import { surveyData } from "./survey";
import { VolumeFiles } from "./volume-files";

/** Whose the data of this name are, and what follows. */
export interface Claim {
  readonly owner: Owner;
  readonly evidence: Evidence;
  /** Why this folder may not touch them. */
  readonly problems: readonly Problem[];
}

/**
 * Finds out whose the data of this name are; changes nothing.
 *
 * @param adopt the deployment's name, typed out: volumes without an id are this folder's then
 */
export async function claimData(workspace: Workspace, files: VolumeFiles, adopt?: string): Promise<Claim> {
  const evidence = await surveyData(workspace, files);
  const owner = decideOwner(evidence, adopt);
  return { owner, evidence, problems: await problemsOf(workspace, files, owner) };
}

/**
 * For commands that change something.
 *
 * @param orNobodys volumes that don't say whose they are will do, too @default false
 * @throws {@link DeploymentError} when the data are another deployment's
 */
export async function requireOwnData(
  workspace: Workspace,
  { orNobodys = false }: { readonly orNobodys?: boolean } = {},
): Promise<void> {
  const files = new VolumeFiles(workspace.docker, workspace.deployment.name);
  try {
    const { owner, problems } = await claimData(workspace, files);
    if (orNobodys && owner.kind === "unknown") return;
    if (problems.length > 0) throw new DeploymentError(problems);
  } finally {
    await files.close();
  }
}

/** For commands that only look. @returns whose the data are, when they are not this folder's */
export async function foreignOwner(workspace: Workspace): Promise<string | undefined> {
  const files = new VolumeFiles(workspace.docker, workspace.deployment.name);
  try {
    return describeOwner((await claimData(workspace, files)).owner, workspace.deployment.name);
  } finally {
    await files.close();
  }
}

/** Whose the data are in one line; undefined when there is nothing to say. */
export function describeOwner(owner: Owner, name: string): string | undefined {
  switch (owner.kind) {
    case "another":
      return `${name} is another deployment's: ${owner.record ? placeOf(owner.record) : "of a folder that is not recorded"}`;
    case "unknown":
      return `${name} is nobody's that is known: its volumes carry no id, and this folder's state doesn't know them`;
    case "renamed":
      return `this folder's deployment is ${owner.before}, and deployment.ts names ${name}`;
    default:
      return undefined;
  }
}

/**
 * Writes `deployment.id` where it is missing.
 *
 * @returns the workspace as it is with the id, and whether the file was written
 */
export function keepId(workspace: Workspace, owner: Owner): { workspace: Workspace; written: boolean } {
  const { deployment, root } = workspace;
  // Another run may have written it since.
  const there = readDeploymentId(root);
  if (there.problems.length > 0) throw new DeploymentError(there.problems);
  const id = there.id ?? (owner.kind === "this" ? owner.id : undefined) ?? randomBytes(16).toString("hex");
  if (there.id === undefined) writeId(root, id);
  const identified = { ...deployment, id };
  return {
    workspace: { ...workspace, deployment: identified, application: applicationOf(identified) },
    written: there.id === undefined,
  };
}

function writeId(root: string, id: string): void {
  const file = join(root, ID_FILE);
  try {
    writeFileSync(`${file}.part`, renderDeploymentId(id));
    renameSync(`${file}.part`, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DeploymentError([machineProblems.unwritableId(file, code ?? "unknown")]);
  }
}

async function problemsOf(workspace: Workspace, files: VolumeFiles, owner: Owner): Promise<Problem[]> {
  const { deployment, root } = workspace;
  switch (owner.kind) {
    case "another": {
      const there = owner.record && { place: placeOf(owner.record), hasId: hasId(owner.record) };
      return [machineProblems.anotherDeployment(deployment.name, root, there)];
    }
    case "unknown": {
      const there = owner.record && placeOf(owner.record);
      return [
        machineProblems.unknownDeployment(
          deployment.name,
          root,
          there,
          await describeContents(workspace, files),
        ),
      ];
    }
    case "renamed":
      return [machineProblems.renamed(deployment.name, owner.before, root)];
    default:
      return [];
  }
}

function hasId({ folder, computer }: DeploymentRecord): boolean {
  return computer === hostname() && existsSync(join(folder, ID_FILE));
}
