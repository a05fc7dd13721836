import { parse } from "yaml";
import type { ReleaseSettings } from "../../../pipeline/release-settings";
import { deployFolder } from "../../../synth/repository/deploy-folder";
import { ROOT, guestbookOnHost, guestbookWithProcesses } from "../../support/guestbook";
import { projectFilesOf } from "../../support/pipeline";

interface Stack {
  readonly services: Readonly<
    Record<string, { readonly deploy: { readonly labels: Readonly<Record<string, string>> } }>
  >;
  readonly networks: unknown;
}

const deployment = { ...guestbookOnHost(ROOT), processes: guestbookWithProcesses.processes };
const files = deployFolder({ deployment, projectFiles: projectFilesOf(deployment), root: ROOT });

function stack(path: string): Stack {
  const file = files.find((one) => one.path === path);
  if (!file) throw new Error(`there is no ${path}`);
  return parse(file.content) as Stack;
}

it("each service of the Swarm has a file of its own, which says what stack.yaml says of it", () => {
  const { services, networks } = stack("stack.yaml");
  const names = Object.keys(services);
  expect(names).toEqual(expect.arrayContaining(["database", "nginx", "my-worker", "web", "beat"]));
  for (const [name, service] of Object.entries(services))
    expect(stack(`services/${name}.yaml`)).toMatchObject({ services: { [name]: service }, networks });
  expect(files.filter(({ path }) => path.startsWith("services/"))).toHaveLength(names.length);
});

it("no two files have one path", () => {
  const paths = files.map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
});

it("what a release rolls is all but what visitors come through", () => {
  const { nginx, ...others } = stack("stack.yaml").services;
  expect(stack("roll.yaml").services).toEqual(others);
  expect(stack("services/nginx.yaml").services).toEqual({ nginx });
});

it("what the release program replaces by itself carries what it was started with", () => {
  const revisions = ["database", "nginx", "web"].map(
    (role) => stack("stack.yaml").services[role]?.deploy.labels["django-deployment.revision.stack"],
  );
  expect(revisions).toEqual(["${DATABASE_REVISION:-}", "${NGINX_REVISION:-}", undefined]);
});

it("nginx is replaced when the release serves, and has its new configuration afterwards", () => {
  const { services, steps } = settings();
  expect(steps.slice(steps.indexOf("roll"))).toEqual([
    "roll",
    "proxy",
    "nginx-config",
    "pages",
    "jobs",
    "prune",
  ]);
  expect(services.find(({ name }) => name === "nginx")?.step).toBe("proxy");
});

it("the release program knows which ports close for that, and brings what has visitors wait", () => {
  const ports = settings().services.flatMap((service) => service.ports.map((port) => [service.name, port]));
  expect(ports).toEqual([
    ["nginx", 80],
    ["nginx", 443],
  ]);
  expect(files.map(({ path }) => path)).toContain("nginx/hold-connections.sh");
});

function settings(): ReleaseSettings {
  const file = files.find(({ path }) => path === "host/settings.json");
  return JSON.parse(file?.content ?? "") as ReleaseSettings;
}
