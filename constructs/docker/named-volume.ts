import { Volume as DockerVolume } from "@cdktf/provider-docker/lib/volume";
import { Construct } from "constructs";
import { type Application, LABEL } from "../../application/application";
import type { Volume } from "../../application/volume";

export interface NamedVolumeProps {
  /** The deployment's name and id, for the volume's labels. */
  readonly application: Pick<Application, "id" | "name">;
  readonly volume: Volume;
}

/**
 * A named volume. One that holds data is protected twice: Terraform refuses to destroy it while it is in the
 * code (`prevent_destroy`), and our commands refuse any plan that deletes or replaces it (`cli/terraform/guard.ts`).
 */
export class NamedVolume extends Construct {
  /** For `dependsOn` of what mounts it. */
  public readonly resource: DockerVolume;

  public constructor(scope: Construct, id: string, { application, volume }: NamedVolumeProps) {
    super(scope, id);
    const resource = new DockerVolume(this, "volume", {
      name: volume.name,
      labels: [
        { label: LABEL.name, value: application.name },
        { label: LABEL.role, value: volume.role },
        ...(application.id === undefined ? [] : [{ label: LABEL.id, value: application.id }]),
      ],
      // A volume that was there before keeps its labels: they can't be changed without losing it.
      lifecycle: { preventDestroy: volume.data !== undefined, ignoreChanges: ["labels"] },
    });
    // Explicit, since a volume that moves in the tree must not be another volume for Terraform.
    resource.overrideLogicalId(volume.role);
    this.resource = resource;
  }
}
