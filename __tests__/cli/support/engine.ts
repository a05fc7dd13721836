import type { Container } from "../../../cli/docker/container";
import type { StackContainer } from "../../../cli/terraform/stack-file";
import type { StateObject } from "../../../cli/terraform/state";

/** A container of the guestbook that runs and is healthy, unless said otherwise. */
export function container(role: string, more: Partial<Container> = {}): Container {
  const id = more.id ?? `${role}-1`;
  return {
    id,
    name: `guestbook-${role}`,
    application: "guestbook",
    role,
    status: "running",
    health: "healthy",
    exitCode: 0,
    service: ["database", "web", "nginx"].includes(role),
    restarts: 0,
    image: "sha256:0123456789abcdef",
    imageId: "sha256:0123456789abcdef",
    hostname: id,
    createdAt: "2026-01-01T00:00:00Z",
    startedAt: "2026-01-01T00:00:00Z",
    ports: [],
    labels: {},
    volumes: [],
    ...more,
  };
}

/** A task that has ended. */
export function ended(role: string, exitCode = 0, id = `${role}-1`): Container {
  return container(role, { id, status: "exited", health: undefined, exitCode });
}

/** What a state knows of a container. */
export function known(address: string, id: string, more: Partial<StateObject> = {}): StateObject {
  return { address, type: address.split(".")[0] ?? "", id, tainted: false, deposed: false, ...more };
}

/** A container that a stack asks for. */
export function wanted(role: StackContainer["role"], task = false): StackContainer {
  return { address: `docker_container.${role.replace("-", "_")}`, role, task, environment: [], labels: {} };
}
