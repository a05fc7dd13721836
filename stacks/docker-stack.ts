import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { LocalBackend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Application } from "../application/application";
import type { LocalStackId, Service } from "../application/service";
import type { Deployment } from "../config/deployment";
import type { Files } from "../constructs/files";
import { requireTerraform } from "./terraform-version";

export interface DockerStackProps {
  readonly deployment: Deployment;
  readonly application: Application;
  readonly files: Files;
}

/** A stack on the local Docker engine: the provider, and a state at a fixed place. */
export abstract class DockerStack extends TerraformStack {
  protected constructor(scope: Construct, id: string, { deployment, files }: DockerStackProps) {
    super(scope, id);
    new DockerProvider(this, "docker", { host: deployment.local.dockerHost });
    // The bindings pin one version; what we use is in all of these. 4 dropped only what we don't use.
    this.addOverride("terraform.required_providers.docker", {
      source: "kreuzwerker/docker",
      version: ">= 3.6.2, < 5.0.0",
    });
    requireTerraform(this, ">= 1.10");
    new LocalBackend(this, { path: `${files.states}/${id}.tfstate` });
  }
}

/** The services that a stack holds, in an order in which they can start. Nothing runs a job but who asks for it. */
export function servicesOf({ services }: Application, id: LocalStackId): Service[] {
  return services.filter(({ kind, stack }) => kind !== "job" && stack === id);
}
