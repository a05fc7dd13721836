import type { Deployment } from "../../config/deployment";
import type { Image } from "../image";

type BaseImage = Extract<Image, { kind: "base" }>;

/** The official image of Python, without compilers. */
export function pythonImage({ project }: Deployment): BaseImage {
  return { kind: "base", base: "python", reference: `python:${project.python.version}-slim` };
}

/** The official image of nginx. */
export function nginxImage({ proxy }: Deployment): BaseImage {
  return { kind: "base", base: "nginx", reference: `nginx:${proxy.image.version}` };
}

/** The official image of MariaDB. */
export function mariadbImage({ database }: Deployment): BaseImage {
  return { kind: "base", base: "mariadb", reference: `mariadb:${database.image.version}` };
}

/** Repository of the images of a deployment's releases. */
export function releaseRepository(name: string): string {
  return `${name}-web`;
}

/** The application's own image, built from the project. */
export function applicationImage(deployment: Deployment): Image {
  const { name, project } = deployment;
  return {
    kind: "application",
    build: {
      repository: releaseRepository(name),
      base: pythonImage(deployment),
      arguments: {
        REQUIREMENTS: project.requirements,
        SYSTEM_PACKAGES: project.packages.join(" "),
        SYSTEM_PACKAGES_BUILD: project.buildPackages.join(" "),
      },
    },
  };
}
