import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { ContextSources } from "../../application/build-context";
import type { Deployment } from "../../config/deployment";
import { APP } from "../../config/resolve/project";
import { ignoreRulesOf } from "../../config/tree/ignore";
import type { PipelineFile } from "../../pipeline/pipeline-file";
import type { RunnerFacts } from "../../pipeline/runner/runner-settings";

/**
 * What the project's files say to the scripts of the runner.
 *
 * @param deploy files of the folder `deploy/`; paths below it
 */
export function runnerFacts(
  { project }: Deployment,
  files: Pick<ContextSources, "requirements" | "projectFiles">,
  deploy: readonly PipelineFile[],
): RunnerFacts {
  const dockerignore = join(project.folder, ".dockerignore");
  const served = [project.media.root, project.static.root].map((root) => posix.relative(APP, root));
  return {
    ...files,
    dockerignore: existsSync(dockerignore) ? readFileSync(dockerignore) : undefined,
    ignored: ignoreRulesOf(project.folder, served, "always").rendered(),
    executables: deploy.flatMap(({ executable, path }) => (executable ? [path] : [])),
  };
}
