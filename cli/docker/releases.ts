import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { LABEL } from "../../application/application";
import { releaseRepository } from "../../application/processes/application-image";
import { type Docker, linesOf } from "./docker";

/** How many images of releases stay on the engine: to go back to one of them takes no build. */
const KEPT = 5;

/** An image of the application. */
export interface ReleaseImage {
  readonly id: string;
  /** Repository and tag. An image may have others, which somebody else gave it. */
  readonly reference: string;
  readonly createdAt: string;
}

/**
 * The images that can go: older than the newest few, and no container's.
 *
 * @param deployed ids in the order in which they were deployed: the engine's clock may have been wrong when an image was
 * made. One that is not among them is older than all that are
 */
export function imagesToRemove(
  images: readonly ReleaseImage[],
  used: readonly string[],
  deployed: readonly string[] = [],
  kept = KEPT,
): ReleaseImage[] {
  const place = ({ id }: ReleaseImage): number => deployed.indexOf(id);
  return images
    .toSorted((one, other) => place(other) - place(one) || other.createdAt.localeCompare(one.createdAt))
    .slice(kept)
    .filter(({ id }) => !used.includes(id));
}

/**
 * Removes images of old releases. Never a volume, and no image of anybody else.
 *
 * @param file where the order is kept in which images were deployed, an id a line; absolute
 */
export async function pruneReleases(docker: Docker, name: string, file: string): Promise<number> {
  const [images, containers] = await Promise.all([releaseImages(docker, name), docker.containers()]);
  const used = containers.map(({ imageId }) => imageId);
  const before = existsSync(file) ? linesOf(readFileSync(file, "utf8")) : [];
  const now = images.map(({ id }) => id).filter((id) => used.includes(id));
  const there = before.filter((id) => !now.includes(id) && images.some((image) => image.id === id));
  const deployed = [...there, ...new Set(now)];
  writeFileSync(file, `${deployed.join("\n")}\n`);
  const removable = imagesToRemove(images, used, deployed);
  // One that is in use after all stays: the engine refuses it.
  for (const { reference } of removable) await docker.try(["image", "rm", reference]);
  return removable.length;
}

/** A release's tag: the beginning of the hash of what it was built from. */
const TAG = /^[0-9a-f]{12}$/;

/**
 * The deployment's images on the engine. Labels don't tell them: an image that somebody has built on one of them
 * inherits its labels.
 */
export async function releaseImages(docker: Docker, name: string): Promise<ReleaseImage[]> {
  const repository = releaseRepository(name);
  const filters = ["--filter", `label=${LABEL.name}=${name}`, "--filter", `reference=${repository}`];
  const listed = await docker.run(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", ...filters]);
  const references = linesOf(listed).filter((reference) => TAG.test(reference.split(":").at(-1) ?? ""));
  if (references.length === 0) return [];
  const found = await docker.run(["image", "inspect", "--format", "{{.Id}} {{.Created}}", ...references]);
  return linesOf(found).map((line, index) => ({
    id: line.split(" ")[0] ?? "",
    reference: references[index] ?? "",
    createdAt: line.split(" ")[1] ?? "",
  }));
}
