import type { Deployment } from "../../config/deployment";
import { objectName } from "../application";
import type { BaseImage, Image, ImageBuild } from "../image";

/** Label and key of the application's image. */
const ROLE = "web";

/** The official image of Python, without compilers. */
export function pythonImage({ project }: Deployment): BaseImage {
  const { version } = project.python;
  return { kind: "base", base: "python", reference: `python:${version}-slim`, version: project.python };
}

/** Repository of the images of a deployment's releases. */
export function releaseRepository(name: string): string {
  return objectName({ name }, ROLE);
}

/** The application's own image, built from the project. */
export function applicationImage(deployment: Deployment): Extract<Image, { kind: "application" }> {
  return { kind: "application", build: applicationBuild(deployment) };
}

function applicationBuild(deployment: Deployment): ImageBuild {
  const { name, project } = deployment;
  return {
    repository: releaseRepository(name),
    role: ROLE,
    base: pythonImage(deployment),
    arguments: {
      REQUIREMENTS: project.requirements,
      SYSTEM_PACKAGES: project.packages.join(" "),
      SYSTEM_PACKAGES_BUILD: project.buildPackages.join(" "),
    },
  };
}
