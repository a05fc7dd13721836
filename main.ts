import { resolve } from "node:path";
import { DeploymentError } from "./config/errors";
import { loadDeployment } from "./config/load";
import input from "./deployment";
import { synthesize } from "./synth/synthesize";

// cdktf runs its app in the program's own folder.
const root = resolve(".");

try {
  synthesize({ ...loadDeployment(input, root), root });
} catch (error) {
  if (!(error instanceof DeploymentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
