import { composeOf } from "../../../application/renderings/compose";
import { applicationOf } from "../../../application/model";
import { onHost } from "../../../application/on-host";
import { stackOf } from "../../../application/renderings/stack-file";
import type { Deployment } from "../../../config/deployment";
import { guestbook, guestbookInDevelopment, guestbookOnHost } from "../../support/guestbook";

type Entry = Readonly<Record<string, unknown>>;

/** All that Swarm's dialect can't say, and where it is said instead. Whatever isn't here is the same in both. */
const DIFFERENCES = {
  build: "the release program builds the image",
  security_opt: "the host's engine has no-new-privileges for all (assets/host/etc/daemon.json)",
  memswap_limit: "Swarm limits memory alone; the hosts' kernel seldom swaps (assets/host/etc/sysctl.conf)",
  depends_on: "the release program keeps the order",
} as const;

/** A service of the stack in the words of a Compose file. */
function asCompose({ deploy, image, labels, networks, ports, secrets, volumes, ...same }: Entry): Entry {
  const { resources } = deploy as { resources: { limits: { memory: string; pids: number } } };
  const published = (ports as { published: number; target: number; mode: string }[] | undefined) ?? [];
  return {
    ...same,
    image: String(image).startsWith("${RELEASE_IMAGE") ? "guestbook-web" : image,
    networks: Object.keys(networks as object),
    // Compose's containers are by hand: our commands must not find them by the deployment's name.
    labels: Object.fromEntries(
      Object.entries(labels as object).filter(([label]) => label !== "django-deployment.name"),
    ),
    mem_limit: resources.limits.memory,
    pids_limit: resources.limits.pids,
    restart: "always",
    // Swarm's own secrets stand where Compose has the volume.
    volumes: [...(volumes as Entry[]), ...(secrets === undefined ? [] : [SECRETS])].sort(byTarget),
    ...(published.length > 0 && {
      // On every address of the host.
      ports: published.map(({ published, target }) => ({
        host_ip: "0.0.0.0",
        published: String(published),
        target,
      })),
    }),
  };
}

const SECRETS = { type: "volume", source: "secrets", target: "/run/secrets", read_only: true };

function byTarget(one: Entry, other: Entry): number {
  return String(one["target"]) < String(other["target"]) ? -1 : 1;
}

/** Compose's entry, with what its image is called without the tag. */
function compared({ image, networks, volumes, ...same }: Entry): Entry {
  return {
    ...same,
    image: String(image).replace(/^.*-web-compose:.*$/, "guestbook-web"),
    networks: Object.keys(networks as object),
    volumes: (volumes as Entry[]).toSorted(byTarget),
  };
}

/** Of a tmpfs the size; its mode is the engine's own, 1777, which all of ours have. */
function withoutModes(entry: Entry): Entry {
  const volumes = (entry["volumes"] as { tmpfs?: { size: number; mode?: number } }[]).map((volume) => {
    expect(volume.tmpfs?.mode ?? 0o1777).toBe(0o1777);
    return volume.tmpfs ? { ...volume, tmpfs: { size: volume.tmpfs.size } } : volume;
  });
  return { ...entry, volumes };
}

function withoutDifferences(entry: Entry): Entry {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !(name in DIFFERENCES)));
}

const host = guestbookOnHost("/srv").host;
if (!host) throw new Error("the fixture has a host");

const everything: Deployment = {
  ...guestbook,
  name: "books-2",
  project: { ...guestbook.project, environment: { TEMPLATE: "${a} $b $$c" }, overlay: true },
  web: { ...guestbook.web, gracefulTimeout: 77, startTimeout: 3601 },
  proxy: { ...guestbook.proxy, bodySize: 333 },
};

describe.each([
  ["the example", guestbook],
  ["a deployment in the profile development, which hosts don't have", guestbookInDevelopment],
  ["a deployment that uses everything", everything],
])("Swarm's and Compose's rendering of %s", (_name, deployment) => {
  const application = applicationOf(onHost(deployment, host));
  const stack = stackOf(application) as {
    services: Record<string, Entry>;
    volumes: object;
  };
  const paths = {
    buildContext: "context",
    assets: "assets",
    contextHash: "0123456789abcdef",
    userFile: String,
  };
  const compose = composeOf(application, paths) as { services: Record<string, Entry>; volumes: object };

  it("have the same services; tasks are not Swarm's", () => {
    const services = application.services.filter(({ kind }) => kind !== "task").map(({ role }) => role);
    // The release program starts the holder, before there is a Swarm's service.
    expect(["holder", ...Object.keys(stack.services)]).toEqual(services);
  });

  it.each(["database", "nginx", "web"])("say the same of %s", (role) => {
    const found = withoutModes(asCompose(stack.services[role] ?? {}));
    expect(found).toEqual(compared(withoutDifferences(withoutModes(compose.services[role] ?? {}))));
  });

  it("mount the same volumes, which no stack owns", () => {
    for (const [role, volume] of Object.entries(stack.volumes)) {
      expect(Object.keys(compose.volumes)).toContain(role);
      expect(volume).toEqual({ name: `${deployment.name}-${role}`, external: true });
    }
  });
});

it("the list of differences is true: each one is there in Compose's rendering and not in Swarm's", () => {
  const application = applicationOf(onHost(guestbook, host));
  const paths = {
    buildContext: "context",
    assets: "assets",
    contextHash: "0123456789abcdef",
    userFile: String,
  };
  const compose = Object.values(composeOf(application, paths)["services"] as Record<string, Entry>);
  const stack = Object.values(stackOf(application)["services"] as Record<string, Entry>);
  for (const name of Object.keys(DIFFERENCES)) {
    expect(compose.some((service) => name in service)).toBe(true);
    expect(stack.some((service) => name in service)).toBe(false);
  }
});

it("every service reads the secrets that are its own, as files of its user", () => {
  const services = stackOf(applicationOf(onHost(guestbook, host)))["services"] as Record<string, Entry>;
  const read = Object.entries(services).map(([role, { secrets = [] }]) => [
    role,
    (secrets as { target: string; uid: string; mode: number }[]).map(
      ({ target, uid, mode }) => `${target} ${uid} ${mode.toString(8)}`,
    ),
  ]);
  expect(Object.fromEntries(read)).toEqual({
    database: ["database_root_password 999 400", "database_password 999 400"],
    nginx: [],
    web: ["database_password 10001 400", "django_secret_key 10001 400", "env 10001 400"],
  });
});

it("another password restarts no database: it keeps the secrets that it was started with", () => {
  const { services, secrets } = stackOf(applicationOf(onHost(guestbook, host))) as {
    services: Record<string, { secrets?: { source: string }[] }>;
    secrets: Record<string, { name: string }>;
  };
  const names = (role: string): string[] =>
    (services[role]?.secrets ?? []).map(({ source }) => secrets[source]?.name ?? "");
  expect(names("database")).toEqual([
    "${DATABASE_KEPT_SECRET_DATABASE_ROOT_PASSWORD}",
    "${DATABASE_KEPT_SECRET_DATABASE_PASSWORD}",
  ]);
  expect(names("web")).toContain("${SECRET_DATABASE_PASSWORD}");
  expect(names("web").filter((name) => name.includes("KEPT"))).toEqual([]);
});

it("a release overlaps, a database and a port never do", () => {
  const services = stackOf(applicationOf(onHost(guestbook, host)))["services"] as Record<
    string,
    { deploy: { update_config: { order: string; failure_action: string } } }
  >;
  const orders = Object.entries(services).map(([role, { deploy }]) => [role, deploy.update_config.order]);
  expect(Object.fromEntries(orders)).toMatchObject({
    database: "stop-first",
    nginx: "stop-first",
    web: "start-first",
  });
  expect(services["web"]?.deploy.update_config.failure_action).toBe("rollback");
});

it("a host has its own memory, port 80, and answers under its domain and its address too", () => {
  const found = onHost(guestbook, { ...host, domain: "app.example.org" });
  expect(found.project.allowedHosts).toEqual([
    "localhost",
    "127.0.0.1",
    "app.example.org",
    // The release program has the address in its place.
    "public-address.invalid",
  ]);
  expect([found.memory, found.web.workers]).toEqual([host.budget.shares, host.budget.workers]);
  expect(found.local).toMatchObject({ profile: "production", address: "0.0.0.0", port: 80 });
});
