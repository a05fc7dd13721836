import { type Application, objectName } from "../application/application";
import type { Service } from "../application/service";
import type { Mount } from "../application/volume";

/** A container that is measured beside the stack's own. */
export interface ContestantContainer {
  /** Its name on the engine. */
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  /** On top of the service's. @default none */
  readonly environment?: Readonly<Record<string, string>>;
}

/** `docker create` of a container that is given exactly what the service is given, but for its command. */
export function createArguments(
  application: Application,
  service: Service,
  { name, image, command, environment = {} }: ContestantContainer,
): string[] {
  return [
    "create",
    ...["--name", name, "--user", service.user, "--memory", `${service.memory}m`],
    ...["--network", service.networked ? application.network : "none", "--no-healthcheck"],
    ...(service.readOnly ? ["--read-only"] : []),
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...Object.entries({ ...service.environment, ...environment }).flatMap(([key, value]) => [
      "--env",
      `${key}=${value}`,
    ]),
    ...service.mounts.flatMap((mount) => mountArguments(application, mount)),
    image,
    ...command,
  ];
}

function mountArguments(application: Application, mount: Mount): string[] {
  switch (mount.type) {
    case "tmpfs":
      return ["--tmpfs", `${mount.target}:size=${mount.size}m,mode=${mount.mode}`];
    case "bind":
      return ["--volume", `${mount.source}:${mount.target}${mount.readOnly ? ":ro" : ""}`];
    case "volume": {
      const volume = application.volumes.find(({ role }) => role === mount.volume);
      const source = volume?.name ?? objectName(application, mount.volume);
      return ["--volume", `${source}:${mount.target}${mount.readOnly ? ":ro" : ""}`];
    }
  }
}
