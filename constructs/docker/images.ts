import { Image as DockerImage } from "@cdktf/provider-docker/lib/image";
import { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import type { BaseImage, Image, ImageBuild } from "../../application/image";
import { ApplicationImage, type BuildContext } from "./application-image";
import { imageLogicalId } from "./logical-id";

export interface ImagesProps {
  /** The deployment's name, for labels. */
  readonly application: string;
  /** What the application's image is built from. @default this stack builds none */
  readonly buildContext?: BuildContext;
}

/**
 * The images of one stack, each one made when it is first asked for.
 *
 * Each base image comes with a variable of its own (`nginx_image`), whose default is the official image: a
 * machine that reaches no registry names its own build there.
 */
export class Images extends Construct {
  private readonly variables = new Map<string, TerraformVariable>();
  private readonly ids = new Map<string, string>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ImagesProps,
  ) {
    super(scope, id);
  }

  /** @returns the id of an image on the engine, where it is pulled or built when it isn't there; a token */
  public idOf(image: Image): string {
    const key = image.kind === "base" ? image.base : image.build.role;
    const id = this.ids.get(key) ?? (image.kind === "base" ? this.pull(image) : this.build(image.build));
    this.ids.set(key, id);
    return id;
  }

  private pull(base: BaseImage): string {
    const image = new DockerImage(this, base.base, { name: this.nameOf(base), keepLocally: true });
    image.overrideLogicalId(imageLogicalId(base.base));
    return image.imageId;
  }

  private build(build: ImageBuild): string {
    const { application, buildContext } = this.props;
    if (!buildContext) throw new Error("this stack has no build context");
    const baseImage = this.nameOf(build.base);
    return new ApplicationImage(this, build.role, { application, build, baseImage, buildContext }).imageId;
  }

  /** The name by which this machine knows a base image; a token. */
  private nameOf({ base, reference }: BaseImage): string {
    let variable = this.variables.get(base);
    if (!variable) {
      variable = new TerraformVariable(this, `${base}-name`, {
        type: "string",
        default: reference,
        description: `Image that stands for the official ${reference}`,
      });
      variable.overrideLogicalId(imageLogicalId(base));
      this.variables.set(base, variable);
    }
    return variable.stringValue;
  }
}
