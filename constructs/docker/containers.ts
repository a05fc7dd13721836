import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Application } from "../../application/application";
import type { Service } from "../../application/service";
import type { Files } from "../files";
import type { Images } from "./images";
import { ServiceContainer } from "./service-container";
import { TaskContainer } from "./task-container";

export interface ContainersProps {
  readonly application: Application;
  /** Services of this stack, in an order in which they can start. */
  readonly services: readonly Service[];
  readonly files: Files;
  readonly images: Images;
  /** What must be there before any of them. @default nothing */
  readonly dependsOn?: ITerraformDependable[];
  /** Volumes of this stack by role, which must be there before a container mounts them. @default none */
  readonly volumes?: ReadonlyMap<string, ITerraformDependable>;
}

/** The containers of one stack, in the order that their services ask for. */
export class Containers extends Construct {
  public constructor(scope: Construct, id: string, props: ContainersProps) {
    super(scope, id);
    const { application, files, images } = props;
    const made = new Map<string, ServiceContainer | TaskContainer>();
    for (const service of props.services) {
      const container = service.kind === "task" ? TaskContainer : ServiceContainer;
      // What another stack holds is there already: stacks depend on each other as a whole.
      const before = service.dependsOn.flatMap(({ role }) => made.get(role)?.resource ?? []);
      const volumes = service.mounts.flatMap((mount) =>
        mount.type === "volume" ? (props.volumes?.get(mount.volume) ?? []) : [],
      );
      const processesOf = service.processesOf && made.get(service.processesOf)?.containerId;
      made.set(
        service.role,
        new container(this, service.role, {
          application,
          service,
          files,
          imageId: images.idOf(service.image),
          processesOf,
          dependsOn: [...(props.dependsOn ?? []), ...volumes, ...before],
        }),
      );
    }
  }
}
