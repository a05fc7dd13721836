import { resolve } from "node:path";
import { DeploymentError } from "./config/errors";
import { loadDeployment } from "./config/load";
import input from "./deployment";
import { hostStacksOf } from "./synth/host-stacks";
import { pipelineOf } from "./synth/pipeline";
import { synthesize } from "./synth/synthesize";

// cdktf runs its app in the program's own folder.
const root = resolve(".");

async function main(): Promise<void> {
  const loaded = loadDeployment(input, root);
  synthesize({
    ...loaded,
    hostStacks: await hostStacksOf(loaded.deployment),
    pipeline: await pipelineOf({ ...loaded, root }),
    root,
  });
}

main().catch((error: unknown) => {
  if (!(error instanceof DeploymentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
