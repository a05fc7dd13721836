import { objectName } from "../../application/application";
import { BIN } from "../../application/processes/application-container";
import { STATIC_VOLUME } from "../../application/processes/volumes";
import type { Docker } from "./docker";

/** Where the container that removes them sees the static files. */
const ROOT = "/static";

/**
 * Removes static files that only releases before the last five have published.
 *
 * @param image the application's image that serves: it knows which files those are
 * @returns why nothing was removed; undefined when all went well
 */
export async function pruneStaticFiles(
  docker: Docker,
  name: string,
  image: string,
): Promise<string | undefined> {
  const { status, stdout, stderr } = await docker.try([
    "run",
    "--rm",
    "--network=none",
    "--read-only",
    `--mount=type=volume,src=${objectName({ name }, STATIC_VOLUME)},dst=${ROOT}`,
    `--env=DEPLOYMENT_STATIC_ROOT=${ROOT}`,
    // The newest release serves. There is no way back to others here.
    "--env=STATIC_KEPT=",
    `--entrypoint=${BIN}/migrate`,
    image,
  ]);
  return status === 0 ? undefined : (stderr || stdout).trim();
}
