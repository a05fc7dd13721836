import type { Construct } from "constructs";
import { NamedVolume } from "../constructs/docker/named-volume";
import { DockerStack, type DockerStackProps } from "./docker-stack";

/** What must never be lost: the volumes with data, and nothing else. */
export class LocalDataStack extends DockerStack {
  public constructor(scope: Construct, id: string, props: DockerStackProps) {
    super(scope, id, props);
    for (const volume of props.application.volumes) {
      if (volume.data !== undefined) {
        new NamedVolume(this, volume.role, { application: props.application.name, volume });
      }
    }
  }
}
