import type { StateObject } from "../terraform/state";
import type { Docker } from "../docker/docker";

/**
 * What decides whether an object is as a stack wants it, by the type of its resource. Left out is what changes by itself:
 * process ids, times, addresses, health. `Mounts` is left out, too: its order changes, and `HostConfig` says the same.
 */
const TEMPLATES: Readonly<Record<string, string>> = {
  docker_container:
    "{{json .Id}} {{json .Name}} {{json .Image}} {{.State.Status}} {{.State.ExitCode}} {{json .Config}} {{json .HostConfig}}" +
    "{{range $name, $network := .NetworkSettings.Networks}} {{$name}} {{json $network.NetworkID}} {{json $network.Aliases}}{{end}}",
  docker_image: "{{json .Id}}",
  docker_network:
    "{{json .Id}} {{json .Name}} {{json .Driver}} {{json .Scope}} {{json .IPAM}} {{json .Options}} {{json .Labels}} {{.Internal}} {{.EnableIPv6}}",
  docker_volume: "{{json .Name}} {{json .Driver}} {{json .Options}} {{json .Labels}} {{json .Mountpoint}}",
};

/** The provider's id of an image: the engine's id, then the name that the stack gives it. */
const IMAGE_ID = /^sha256:[0-9a-f]{64}(.+)$/;

/**
 * What the engine says of all objects that a state knows, as one text. Two equal texts mean that nobody has changed the
 * objects in between.
 *
 * @returns undefined when an object is gone, or is of a type that is unknown here
 */
export async function factsOf(docker: Docker, objects: readonly StateObject[]): Promise<string | undefined> {
  const types = [...new Set(objects.map(({ type }) => type))].sort();
  const texts = await Promise.all(types.map((type) => factsOfType(docker, type, namesOf(type, objects))));
  return texts.some((text) => text === undefined) ? undefined : texts.join("\n");
}

async function factsOfType(
  docker: Docker,
  type: string,
  names: readonly string[] | undefined,
): Promise<string | undefined> {
  const template = TEMPLATES[type];
  if (template === undefined || names === undefined) return undefined;
  const kind = type.replace("docker_", "");
  const { status, stdout } = await docker.try(["inspect", "--type", kind, "--format", template, ...names]);
  return status === 0 ? stdout : undefined;
}

/** By what the engine knows the objects of a type; undefined when an id is of a form that is unknown here. */
function namesOf(type: string, objects: readonly StateObject[]): string[] | undefined {
  const ids = objects.filter((object) => object.type === type).map(({ id }) => id);
  if (type !== "docker_image") return ids;
  const names = ids.map((id) => IMAGE_ID.exec(id)?.[1]);
  return names.every((name) => name !== undefined) ? names : undefined;
}
