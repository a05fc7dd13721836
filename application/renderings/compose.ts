import { type Application, LABEL, objectName } from "../application";
import {
  baseReference,
  escapeDollar,
  escapeValues,
  healthCheckEntry,
  loggingEntry,
  processEntry,
} from "./compose-values";
import type { Image } from "../image";
import { labelsOf } from "./labels";
import { type Dependency, type Service, type UploadedFile, isLasting } from "../service";
import type { Mount } from "../volume";

/** Values of Compose's file format, as the YAML library writes them. */
export type ComposeValue =
  string | number | boolean | readonly ComposeValue[] | { readonly [key: string]: ComposeValue };

/** Where the files that Compose mounts lie, relative to `compose.yaml`. */
export interface ComposePaths {
  readonly buildContext: string;
  readonly assets: string;
  /** SHA-256 of the build context, for the image's tag. */
  readonly contextHash: string;
  /** How a file or folder of the user's, given as an absolute path, is called from `compose.yaml`. */
  readonly userFile: (path: string) => string;
}

/**
 * The application as a Compose file: `docker compose up` runs it by hand. Pure; the counterpart of
 * `constructs/docker/container-configuration.ts`. Containers, volumes, network and image have names of Compose's own
 * and no label with the deployment's name, so that neither Compose nor our commands touch what is the other's.
 */
export function composeOf(application: Application, paths: ComposePaths): Record<string, ComposeValue> {
  const files = application.services.flatMap(({ files }) => files);
  return {
    name: application.name,
    services: Object.fromEntries(
      application.services.map((service) => [service.role, serviceEntry(application, service, paths)]),
    ),
    networks: { default: {} },
    volumes: Object.fromEntries(
      application.volumes.map(({ role }) => [role, { labels: { [LABEL.role]: role } }]),
    ),
    ...entries("configs", files.filter(isAsset), paths),
    ...entries(
      "secrets",
      files.filter((file) => !isAsset(file)),
      paths,
    ),
  };
}

function serviceEntry(application: Application, service: Service, paths: ComposePaths): ComposeValue {
  const configs = service.files.filter(isAsset);
  const secrets = service.files.filter((file) => !isAsset(file));
  const mode = (file: UploadedFile): number => (file.executable ? 0o555 : 0o444);
  return {
    // Compose starts no service of a profile by itself: docker compose run NAME.
    ...(service.kind === "job" && { profiles: [JOBS] }),
    ...imageEntry(service.image, paths),
    ...processEntry(service),
    ...(service.copies !== undefined && { scale: service.copies }),
    security_opt: ["no-new-privileges"],
    mem_limit: `${service.memory}m`,
    memswap_limit: `${service.memory}m`,
    pids_limit: service.processes,
    ...(service.networked ? networkEntry(application, service) : { network_mode: "none" }),
    ...(service.processesOf && { pid: `service:${service.processesOf}` }),
    volumes: service.mounts.map((mount) => mountEntry(mount, paths)),
    ...(configs.length > 0 && {
      configs: configs.map((file) => ({ source: fileKey(file), target: file.target, mode: mode(file) })),
    }),
    ...(secrets.length > 0 && {
      secrets: secrets.map((file) => ({ source: fileKey(file), target: file.target })),
    }),
    ...(service.ports.length > 0 && {
      ports: service.ports.map(({ address, external, internal }) => ({
        host_ip: address,
        published: String(external),
        target: internal,
      })),
    }),
    restart: isLasting(service) ? "always" : "no",
    ...(service.stopSignal && { stop_signal: service.stopSignal }),
    stop_grace_period: `${service.stopGrace}s`,
    ...healthCheckEntry(service),
    ...(service.dependsOn.length > 0 && {
      depends_on: Object.fromEntries(
        service.dependsOn.map(({ role, condition }) => [role, { condition: CONDITION[condition] }]),
      ),
    }),
    ...loggingEntry,
    labels: without(labelsOf(application, service), LABEL.name),
  };
}

/** The others find a service by the name that its container has under Terraform. */
function networkEntry(application: Application, { role, singleton }: Service): Record<string, ComposeValue> {
  return { networks: { default: singleton ? { aliases: [objectName(application, role)] } : {} } };
}

function without(labels: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => label !== name));
}

/** The profile of the jobs. */
const JOBS = "jobs";

/** Suffix of the repository of the image that Compose builds. */
const COMPOSE = "-compose";

const CONDITION: Readonly<Record<Dependency["condition"], string>> = {
  started: "service_started",
  healthy: "service_healthy",
  completed: "service_completed_successfully",
};

function imageEntry(image: Image, paths: ComposePaths): Record<string, ComposeValue> {
  if (image.kind === "base") return { image: baseReference(image) };
  const { build } = image;
  return {
    image: `${build.repository}${COMPOSE}:${paths.contextHash.slice(0, 12)}`,
    build: {
      context: paths.buildContext,
      args: { PYTHON_IMAGE: baseReference(build.base), ...escapeValues(build.arguments) },
    },
  };
}

function mountEntry(mount: Mount, paths: ComposePaths): ComposeValue {
  const target = escapeDollar(mount.target);
  switch (mount.type) {
    case "volume":
      return { type: "volume", source: mount.volume, target, read_only: mount.readOnly };
    case "bind":
      return {
        type: "bind",
        source: escapeDollar(paths.userFile(mount.source)),
        target,
        read_only: mount.readOnly,
      };
    case "tmpfs":
      return {
        type: "tmpfs",
        target,
        tmpfs: { size: mount.size * 1024 * 1024, mode: parseInt(mount.mode, 8) },
      };
  }
}

function entries(
  key: "configs" | "secrets",
  files: readonly UploadedFile[],
  paths: ComposePaths,
): Record<string, ComposeValue> {
  if (files.length === 0) return {};
  const file = ({ source }: UploadedFile): string =>
    "asset" in source ? `${paths.assets}/${source.asset}` : escapeDollar(paths.userFile(source.path));
  return { [key]: Object.fromEntries(files.map((entry) => [fileKey(entry), { file: file(entry) }])) };
}

function isAsset({ source }: UploadedFile): boolean {
  return "asset" in source;
}

/** Compose's name of a file: its path in `assets/`, in the letters that a key may have. */
function fileKey({ source }: UploadedFile): string {
  return ("asset" in source ? source.asset : "env-file").replace(/[^A-Za-z0-9]+/g, "-");
}
