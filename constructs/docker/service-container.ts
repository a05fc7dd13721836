import { Container } from "@cdktf/provider-docker/lib/container";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type ContainerContext, containerConfiguration } from "./container-configuration";
import { containerLogicalId } from "./logical-id";

export interface ServiceContainerProps extends ContainerContext {
  /** What must be there before. @default nothing */
  readonly dependsOn?: ITerraformDependable[];
}

/**
 * A container that runs until it is stopped.
 *
 * One with a fixed name is replaced by stopping the old one first. Without a fixed name the new one starts
 * first, and the old one stops only when the new one is healthy.
 */
export class ServiceContainer extends Construct {
  /** Id of the container; a token. */
  public readonly containerId: string;
  /** For `dependsOn` of what comes after. */
  public readonly resource: ITerraformDependable;

  public constructor(scope: Construct, id: string, props: ServiceContainerProps) {
    super(scope, id);
    const { service } = props;
    const container = new Container(this, "container", {
      ...containerConfiguration(props),
      count: service.copies,
      wait: service.startTimeout !== undefined,
      waitTimeout: service.startTimeout,
      dependsOn: props.dependsOn,
      lifecycle: service.singleton ? undefined : { createBeforeDestroy: true, ignoreChanges: ["name"] },
    });
    container.overrideLogicalId(containerLogicalId(service.role));
    this.containerId = container.id;
    this.resource = container;
  }
}
