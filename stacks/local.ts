import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { Application } from "../application/application";
import type { BuildContext } from "../constructs/docker/application-image";
import type { LocalStackId } from "../application/service";
import { Containers } from "../constructs/docker/containers";
import { Images } from "../constructs/docker/images";
import { NamedVolume } from "../constructs/docker/named-volume";
import { DockerStack, type DockerStackProps, servicesOf } from "./docker-stack";

export interface LocalStackProps extends DockerStackProps {
  /** What the application's image is built from. */
  readonly buildContext: BuildContext;
}

/** Everything that a release touches: image, migration, web, and nginx with its configuration. */
export class LocalStack extends DockerStack {
  public constructor(scope: Construct, id: LocalStackId, props: LocalStackProps) {
    super(scope, id, props);
    const { application, buildContext, files } = props;
    const images = new Images(this, "images", { application: application.name, buildContext });
    const volumes = new Map(
      application.volumes
        .filter(({ data }) => data === undefined)
        .map((volume) => [volume.role, new NamedVolume(this, volume.role, { application, volume }).resource]),
    );

    new Containers(this, "containers", {
      application,
      files,
      services: servicesOf(application, id),
      images,
      volumes,
    });

    new TerraformOutput(this, "url", {
      value: urlOf(application),
      description: "Where the application answers",
    });
  }
}

/** Where a browser on this machine finds the application. */
export function urlOf(application: Application): string {
  const [port] = application.services.flatMap(({ hasPublicPort, ports }) =>
    hasPublicPort ? ports.slice(0, 1) : [],
  );
  const { address, external } = port ?? { address: "127.0.0.1", external: 80 };
  const host = address === "0.0.0.0" || address === "127.0.0.1" ? "localhost" : address;
  return `http://${host.includes(":") ? `[${host}]` : host}:${external}/`;
}
