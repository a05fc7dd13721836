import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { ContextSources } from "../application/build-context";
import type { Deployment } from "./deployment";
import { envFileOf } from "./env-file";
import { DeploymentError, type Problem, problems } from "./errors";
import { inspectProject, listProjectFiles, requirementsClosure } from "./project";
import { resolveDeployment } from "./resolve";
import type { DeploymentInput } from "./schema";
import { validate } from "./validate";

/** A deployment that can be built: complete, and without a problem that its files could show. */
export interface LoadedDeployment {
  readonly deployment: Deployment;
  /** The project's files that belong into the image. */
  readonly projectFiles: Pick<ContextSources, "requirements" | "projectFiles">;
}

/**
 * Reads the deployment and the project's files, and fills in what they say.
 *
 * @param input what `deployment.ts` exports
 * @param root folder of `deployment.ts`; absolute
 * @throws {@link DeploymentError} with every problem that was found
 */
export function loadDeployment(input: DeploymentInput, root: string): LoadedDeployment {
  const validation = validate(input);
  const noFolder = folderProblems(input, root);
  if (validation.settings === undefined || noFolder.length > 0) {
    throw new DeploymentError([...(validation.settings ? [] : validation.problems), ...noFolder]);
  }
  const { settings } = validation;
  const folder = resolve(root, settings.project.folder);
  const envFile = envFileOf(settings.project, folder);
  const { deployment, problems: found } = resolveDeployment(
    settings,
    folder,
    inspectProject(folder),
    envFile,
  );
  if (found.length > 0) throw new DeploymentError(found);

  const { requirements, media, static: collected } = deployment.project;
  return {
    deployment,
    projectFiles: {
      requirements: requirementsClosure(folder, requirements),
      projectFiles: listProjectFiles(folder, [media.root, collected.root]),
    },
  };
}

/** Without its folder nothing can be said about a project. Says nothing where the schema already complains. */
function folderProblems(input: DeploymentInput, root: string): Problem[] {
  // What the user wrote may be anything: it has not passed the schema yet.
  const folder: unknown = (input as Partial<DeploymentInput> | undefined)?.project?.folder;
  if (typeof folder !== "string" || folder === "") return [];
  const path = resolve(root, folder);
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  return isFolder ? [] : [problems.missingFolder(folder)];
}
