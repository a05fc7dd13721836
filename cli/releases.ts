import { LABEL } from "../application/application";
import { type Docker, linesOf } from "./docker";

/** How many images of releases stay on the engine: to go back to one of them takes no build. */
const KEPT = 5;

/** An image of the application. */
export interface ReleaseImage {
  readonly id: string;
  readonly createdAt: string;
}

/** The images that can go: older than the newest few, and no container's. */
export function imagesToRemove(
  images: readonly ReleaseImage[],
  used: readonly string[],
  kept = KEPT,
): ReleaseImage[] {
  return images
    .toSorted((one, other) => other.createdAt.localeCompare(one.createdAt))
    .slice(kept)
    .filter(({ id }) => !used.includes(id));
}

/** Removes images of old releases. Never a volume, and no image of anybody else. */
export async function pruneReleases(docker: Docker, name: string): Promise<number> {
  const [images, containers] = await Promise.all([releaseImages(docker, name), docker.containers()]);
  const removable = imagesToRemove(
    images,
    containers.map(({ imageId }) => imageId),
  );
  // One that is in use after all stays: the engine refuses it.
  for (const { id } of removable) await docker.try(["image", "rm", id]);
  return removable.length;
}

/** The deployment's images on the engine. */
export async function releaseImages(docker: Docker, name: string): Promise<ReleaseImage[]> {
  const filter = `label=${LABEL.name}=${name}`;
  const ids = [
    ...new Set(linesOf(await docker.run(["image", "ls", "-q", "--no-trunc", "--filter", filter]))),
  ];
  if (ids.length === 0) return [];
  const found = await docker.run(["image", "inspect", "--format", "{{.Id}} {{.Created}}", ...ids]);
  return linesOf(found).map((line) => ({
    id: line.split(" ")[0] ?? "",
    createdAt: line.split(" ")[1] ?? "",
  }));
}
