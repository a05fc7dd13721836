import type { ContainerConfig, ContainerMounts, ContainerUpload } from "@cdktf/provider-docker/lib/container";
import { type Application, objectName } from "../../application/application";
import { labelsOf } from "../../application/renderings/labels";
import type { Service, UploadedFile } from "../../application/service";
import type { Mount } from "../../application/volume";
import { goDuration, literal, quoted } from "./escape";
import type { Files } from "../files";

/** What a container needs beside its service: things that only Terraform knows. */
export interface ContainerContext {
  readonly application: Application;
  readonly service: Service;
  readonly files: Files;
  /** Id of the image; a token. */
  readonly imageId: string;
  /** Id of the container whose process namespace it joins; a token. */
  readonly processesOf?: string;
}

/** A service as the docker provider's arguments. Pure; the counterpart of `application/renderings/compose.ts`. */
export function containerConfiguration(context: ContainerContext): ContainerConfig {
  const { application, service, files } = context;
  const { healthCheck } = service;
  return {
    // An empty name is one that the engine invents: releases overlap, and a fixed name would conflict.
    name: service.singleton ? objectName(application, service.role) : "",
    image: context.imageId,
    entrypoint: service.entrypoint?.map(literal),
    command: service.command?.map(literal),
    workingDir: service.workingDirectory && literal(service.workingDirectory),
    env: Object.entries(service.environment).map(([name, value]) => literal(`${name}=${value}`)),
    user: service.user,
    readOnly: service.readOnly,
    init: service.init ?? false,
    capabilities: { drop: ["ALL"], add: service.capabilities.map((capability) => `CAP_${capability}`) },
    securityOpts: ["no-new-privileges"],
    memory: service.memory,
    // The same figure: no swap on top, and no perpetual difference.
    memorySwap: service.memory,
    networkMode: service.networked ? application.network : "none",
    pidMode: context.processesOf === undefined ? undefined : `container:${context.processesOf}`,
    mounts: service.mounts.map((mount) => mountConfiguration(mount, context)),
    upload: service.files.map((file) => uploadConfiguration(file, files)),
    ports: service.ports.map(({ address, external, internal }) => ({ ip: address, external, internal })),
    // An engine that was killed stops what it finds running when it returns, and takes that for a stop by hand: with
    // "unless-stopped" nothing came back (e2e/engine, and moby/moby#53415).
    restart: service.kind === "task" ? "no" : "always",
    stopSignal: service.stopSignal,
    stopTimeout: service.stopGrace,
    destroyGraceSeconds: service.stopGrace,
    healthcheck: healthCheck && {
      test: ["CMD", ...healthCheck.command.map(literal)],
      interval: goDuration(healthCheck.interval),
      timeout: goDuration(healthCheck.timeout),
      retries: healthCheck.retries,
      startPeriod: goDuration(healthCheck.startPeriod),
    },
    logDriver: "json-file",
    logOpts: { "max-size": "10m", "max-file": "3" },
    labels: Object.entries(labelsOf(application, service)).map(([label, value]) => ({ label, value })),
  };
}

function mountConfiguration(mount: Mount, { application, files }: ContainerContext): ContainerMounts {
  const { type } = mount;
  const target = literal(mount.target);
  switch (mount.type) {
    case "volume": {
      const volume = application.volumes.find(({ role }) => role === mount.volume);
      if (!volume) throw new Error(`the application has no volume "${mount.volume}"`);
      return { type, target, source: volume.name, readOnly: mount.readOnly };
    }
    case "bind":
      // The engine wants an absolute path; Terraform makes it, so that none is in the JSON.
      return {
        type,
        target,
        source: `\${abspath(${quoted(files.fromStack(mount.source))})}`,
        readOnly: mount.readOnly,
      };
    case "tmpfs":
      return {
        type,
        target,
        tmpfsOptions: { sizeBytes: mount.size * 1024 * 1024, mode: parseInt(mount.mode, 8) },
      };
  }
}

function uploadConfiguration({ target, source, executable }: UploadedFile, files: Files): ContainerUpload {
  const { path, hash } =
    "asset" in source ? files.asset(source.asset) : { ...source, path: files.fromStack(source.path) };
  return { file: target, source: literal(path), sourceHash: hash, executable };
}
