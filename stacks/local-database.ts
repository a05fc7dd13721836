import { Network } from "@cdktf/provider-docker/lib/network";
import type { Construct } from "constructs";
import { LABEL } from "../application/application";
import type { LocalStackId } from "../application/service";
import { Containers } from "../constructs/docker/containers";
import { Images } from "../constructs/docker/images";
import { DockerStack, type DockerStackProps, servicesOf } from "./docker-stack";

/**
 * The network, the secrets and MariaDB. They share no state with web: `create_before_destroy` spreads to all
 * that web depends on, and MariaDB can't run twice on its data.
 */
export class LocalDatabaseStack extends DockerStack {
  public constructor(scope: Construct, id: LocalStackId, props: DockerStackProps) {
    super(scope, id, props);
    const { application, files } = props;
    const network = new Network(this, "network", {
      name: application.network,
      driver: "bridge",
      labels: [{ label: LABEL.name, value: application.name }],
    });
    network.overrideLogicalId("network");

    new Containers(this, "containers", {
      application,
      files,
      services: servicesOf(application, id),
      images: new Images(this, "images", { application: application.name }),
      dependsOn: [network],
    });
  }
}
