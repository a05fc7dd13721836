import { existsSync, statSync } from "node:fs";
import { posix, resolve } from "node:path";
import type { ContextSources } from "../application/build-context";
import type { Deployment } from "./deployment";
import { envFileOf } from "./env-file";
import { DeploymentError, type Problem, problems } from "./errors";
import { inspectProject } from "./project";
import { ProjectFolder } from "./project/folder";
import { resolveDeployment } from "./resolve";
import { APP } from "./resolve-project";
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
 * @param input what `deployment.ts` exports; anything, since a user wrote it
 * @param root folder of `deployment.ts`; absolute
 * @throws {@link DeploymentError} with every problem that was found
 */
export function loadDeployment(input: unknown, root: string): LoadedDeployment {
  const { settings, problems: refused } = validate(input);
  if (settings === undefined) throw new DeploymentError(refused);
  const path = resolve(root, settings.project.folder);
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new DeploymentError([...refused, problems.missingFolder(settings.project.folder)]);
  }

  const facts = inspectProject(path);
  const folder = new ProjectFolder(path, facts.pythonRoot);
  const envFile = envFileOf(settings.project, path);
  const { deployment, problems: found } = resolveDeployment(settings, { folder, facts, envFile });
  const all: readonly Problem[] = [...refused, ...found];
  if (all.length > 0) throw new DeploymentError(all);

  const { requirements, media, static: collected } = deployment.project;
  const served = [media.root, collected.root].map((root) => posix.relative(APP, root));
  return {
    deployment,
    projectFiles: {
      requirements: folder.requirementsFiles(requirements),
      projectFiles: folder.imageFiles(served),
    },
  };
}
