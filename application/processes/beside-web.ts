import type { Deployment } from "../../config/deployment";
import type { Definition } from "../registry/definition";
import type { ContainerDescription } from "../service";
import { type Mount, tmpfs, volumeMount } from "../volume";
import { secretsMount } from "./application-container";
import { djangoEnvironment } from "./django-environment";
import { MEDIA_VOLUME, STATIC_VOLUME } from "./volumes";

/** Share of a container's memory that `/tmp` may take. */
const TEMPORARY_SHARE = 0.25;

/**
 * The environment of web and its files, for a container of the same image that serves nobody. In the profile
 * `development` the source is mounted.
 *
 * @param memory most memory of the container, MiB
 */
export function besideWeb(
  deployment: Deployment,
  definitions: readonly Definition[],
  memory: number,
): Pick<ContainerDescription, "environment" | "mounts"> {
  const { local, project } = deployment;
  const isDeveloped = local.profile === "development";
  const source: Mount = isDeveloped
    ? { type: "bind", source: project.folder, target: "/app", readOnly: false }
    : // Templates of mails name static files, too.
      volumeMount(STATIC_VOLUME, project.static.root, true);
  return {
    environment: djangoEnvironment(
      deployment,
      definitions,
      isDeveloped ? project.developmentSettings : undefined,
    ),
    mounts: [
      secretsMount(),
      tmpfs("/tmp", Math.floor(memory * TEMPORARY_SHARE)),
      source,
      volumeMount(MEDIA_VOLUME, project.media.root),
    ],
  };
}
