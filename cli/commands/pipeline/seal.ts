import { SEALED_FILE } from "../../../config/files/sealed";
import { secretValuesOf } from "../../../synth/pipeline";
import { GitHubClient } from "../../github/client";
import { seal } from "../../github/seal";
import { runSteps, write } from "../../session/progress";
import { requireGitHub } from "../../workspace/sections";
import type { Workspace } from "../../workspace/workspace";

/** Seals the secrets for GitHub, those that have changed. */
export async function sealSecrets(workspace: Workspace): Promise<void> {
  const { deployment, environment, lock, root } = workspace;
  const github = requireGitHub(workspace);
  await lock.take("seal", write);
  const client = new GitHubClient({ github, token: environment.githubToken, api: environment.githubApi });
  await runSteps(
    [
      {
        title: `Secrets of ${github.owner}/${github.repository}`,
        run: async () => {
          const values = secretValuesOf(deployment);
          const done = await seal({ root, deployment, github, client, values });
          return Object.entries(done)
            .map(([name, what]) => `${name} ${what}`)
            .join(", ");
        },
      },
    ],
    workspace,
  );
  lock.release();
  write(`Sealed for GitHub alone, in ${SEALED_FILE}; git ignores it.`);
}
