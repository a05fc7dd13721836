import type { Construct } from "constructs";
import type { LocalStackId } from "../application/service";
import { Containers } from "../constructs/docker/containers";
import { Images } from "../constructs/docker/images";
import { NamedVolume } from "../constructs/docker/named-volume";
import { DockerStack, type DockerStackProps, servicesOf } from "./docker-stack";

/** What must never be lost: the volumes with data, and the container that keeps them in use. */
export class LocalDataStack extends DockerStack {
  public constructor(scope: Construct, id: LocalStackId, props: DockerStackProps) {
    super(scope, id, props);
    const { application, files } = props;
    const data = application.volumes.filter((volume) => volume.data !== undefined);
    const volumes = new Map(
      data.map((volume) => [
        volume.role,
        new NamedVolume(this, volume.role, { application, volume }).resource,
      ]),
    );
    new Containers(this, "containers", {
      application,
      files,
      services: servicesOf(application, id),
      images: new Images(this, "images", { application: application.name }),
      volumes,
    });
  }
}
