import { Container } from "@cdktf/provider-docker/lib/container";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type ContainerContext, containerConfiguration } from "./container-configuration";
import { containerLogicalId } from "./logical-id";

export interface TaskContainerProps extends ContainerContext {
  /** What must be there before. @default nothing */
  readonly dependsOn?: ITerraformDependable[];
}

/** A container that runs once; when it fails, nothing that depends on it is touched. */
export class TaskContainer extends Construct {
  /** Id of the container; a token. */
  public readonly containerId: string;
  /** For `dependsOn` of what comes after. */
  public readonly resource: ITerraformDependable;

  public constructor(scope: Construct, id: string, props: TaskContainerProps) {
    super(scope, id);
    const container = new Container(this, "container", {
      ...containerConfiguration(props),
      attach: true,
      mustRun: false,
      dependsOn: props.dependsOn,
      lifecycle: {
        ignoreChanges: ["name"],
        postcondition: [
          {
            // Unknown until it has ended, and null when the engine lost it: neither is a success.
            condition: "${coalesce(self.exit_code, -1) == 0}",
            errorMessage: `${props.service.failure ?? "The task failed."} It said why: docker logs \${self.id}`,
          },
        ],
      },
    });
    container.overrideLogicalId(containerLogicalId(props.service.role));
    this.containerId = container.id;
    this.resource = container;
  }
}
