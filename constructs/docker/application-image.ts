import { posix } from "node:path";
import { Image as DockerImage } from "@cdktf/provider-docker/lib/image";
import { Fn, TerraformIterator, TerraformVariable, Token } from "cdktf";
import { Construct } from "constructs";
import { LABEL } from "../../application/application";
import type { ImageBuild } from "../../application/image";
import { literal } from "./escape";
import { imageLogicalId } from "./logical-id";

/** The folder that the image is built from. */
export interface BuildContext {
  /** As seen from the stack's folder. */
  readonly path: string;
  /** SHA-256 of everything in it: another one is another image. */
  readonly hash: string;
}

export interface ApplicationImageProps {
  /** The deployment's name, for the image's label. */
  readonly application: string;
  readonly build: ImageBuild;
  /** Name of the image to build on. */
  readonly baseImage: string;
  readonly buildContext: BuildContext;
}

/** Record of the last build, beside the build context. */
export const BUILD_LOG = "image-build.log";

/** The application's image, built on the engine; images of earlier releases stay. */
export class ApplicationImage extends Construct {
  /** Id of the image on the engine; a token. */
  public readonly imageId: string;

  public constructor(scope: Construct, id: string, props: ApplicationImageProps) {
    super(scope, id);
    const { application, build, buildContext } = props;
    const bundle = new TerraformVariable(this, "ca-bundle", {
      type: "string",
      default: "",
      description: "Certificates that pip trusts while the image is built; a path on this machine",
    });
    bundle.overrideLogicalId("ca_bundle");

    const certificates = TerraformIterator.fromList(Fn.compact([bundle.stringValue]));
    const image = new DockerImage(this, "image", {
      name: `${build.repository}:${buildContext.hash.slice(0, 12)}`,
      keepLocally: true,
      triggers: { context: buildContext.hash },
      buildAttribute: {
        context: buildContext.path,
        // Only a builder that is named keeps a record of what pip said; this one is the engine's own.
        builder: "default",
        buildLogFile: posix.join(buildContext.path, "..", BUILD_LOG),
        dockerfile: "Dockerfile",
        buildArgs: {
          PYTHON_IMAGE: props.baseImage,
          ...Object.fromEntries(
            Object.entries(build.arguments).map(([name, value]) => [name, literal(value)]),
          ),
        },
        label: { [LABEL.name]: application, [LABEL.role]: build.role },
        // There only on a machine that needs it.
        secrets: certificates.dynamic({ id: "ca_bundle", src: Token.asString(certificates.value) }),
      },
    });
    image.overrideLogicalId(imageLogicalId(build.role));
    this.imageId = image.imageId;
  }
}
