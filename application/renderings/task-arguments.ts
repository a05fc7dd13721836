import { type Application, objectName } from "../application";
import { type ImageNames, loggingEntry } from "./compose-values";
import { labelsOf } from "./labels";
import type { Service, UploadedFile } from "../service";
import type { Mount } from "../volume";

/** What only the machine knows on which it runs. */
export interface TaskSurroundings {
  /** Image of each official one, and of the application. */
  readonly images: ImageNames;
  /** Folder on the host with the files that tasks get; absolute. */
  readonly assets: string;
  /** Folder on the host with the user's `.env`; absolute. */
  readonly userFiles: string;
  /** Id of a service's container that runs. */
  readonly containerOf: (role: string) => string;
  /** What the engine calls a folder of the user's, given as an absolute path. @default none is mounted: it is a host */
  readonly folderOf?: (path: string) => string;
}

/**
 * A container as arguments of `docker run`: a task, since Swarm has no word for what runs once and must end well, a job,
 * or a service that is none of the Swarm's. Pure; the counterpart of `compose.ts`.
 */
export function taskArguments(
  application: Application,
  service: Service,
  surroundings: TaskSurroundings,
): string[] {
  const { images, containerOf } = surroundings;
  const [program, ...entrypointArguments] = service.entrypoint ?? [];
  const option = (name: string, values: readonly string[]): string[] =>
    values.map((value) => `--${name}=${value}`);
  const image = service.image.kind === "base" ? images.base(service.image) : images.application;
  return [
    ...ownOptions(application, service),
    ...option("label", pairs(labelsOf(application, service))),
    ...option("env", pairs(service.environment)),
    ...option("user", [service.user]),
    ...(service.init ? ["--init"] : []),
    ...(service.readOnly ? ["--read-only"] : []),
    ...option("cap-drop", ["ALL"]),
    ...option("cap-add", service.capabilities),
    ...option("security-opt", ["no-new-privileges"]),
    ...option("memory", [`${service.memory}m`]),
    ...option("memory-swap", [`${service.memory}m`]),
    ...option("pids-limit", [String(service.processes)]),
    ...option("network", [service.networked ? application.network : "none"]),
    ...option("pid", service.processesOf ? [`container:${containerOf(service.processesOf)}`] : []),
    ...option("workdir", service.workingDirectory === undefined ? [] : [service.workingDirectory]),
    ...service.mounts.flatMap((mount) => mountOption(application, mount, surroundings)),
    ...option(
      "mount",
      service.files.map((file) => fileMount(file, surroundings)),
    ),
    ...option("entrypoint", program === undefined ? [] : [program]),
    image,
    ...entrypointArguments,
    ...(service.command ?? []),
  ];
}

/**
 * What sets the kinds apart. A task's container goes when it ends. A job's stays until the next run: its output is in it,
 * and its name keeps a second run out. Another one stays, and is started again when it ends.
 */
function ownOptions(application: Application, { kind, role, stopSignal, stopGrace }: Service): string[] {
  if (kind === "task") return ["--rm"];
  const { driver, options } = loggingEntry.logging;
  return [
    ...(kind === "job" ? [] : ["--detach"]),
    `--name=${objectName(application, role)}`,
    ...(kind === "job" ? [] : ["--restart=always"]),
    ...(stopSignal === undefined ? [] : [`--stop-signal=${stopSignal}`]),
    `--stop-timeout=${stopGrace}`,
    ...(kind === "job" ? [`--log-driver=${driver}`, ...pairs(options).map((one) => `--log-opt=${one}`)] : []),
  ];
}

function pairs(record: Readonly<Record<string, string>>): string[] {
  return Object.entries(record).map(([name, value]) => `${name}=${value}`);
}

function mountOption(application: Application, mount: Mount, { folderOf }: TaskSurroundings): string[] {
  switch (mount.type) {
    case "volume": {
      const readOnly = mount.readOnly ? ",readonly" : "";
      return [
        `--mount=type=volume,src=${objectName(application, mount.volume)},dst=${mount.target}${readOnly}`,
      ];
    }
    case "tmpfs":
      return [`--tmpfs=${mount.target}:size=${mount.size}m,mode=${mount.mode}`];
    case "bind":
      if (!folderOf) throw new Error(`${mount.source} is mounted from this computer; no host has it`);
      return [`--mount=type=bind,${csvField(`src=${folderOf(mount.source)}`)},dst=${mount.target}`];
  }
}

/** The option is a line of CSV: a path may hold a comma. */
function csvField(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function fileMount({ source, target }: UploadedFile, { assets, userFiles }: TaskSurroundings): string {
  const from = "asset" in source ? `${assets}/${source.asset}` : `${userFiles}/.env`;
  return `type=bind,src=${from},dst=${target},readonly`;
}
