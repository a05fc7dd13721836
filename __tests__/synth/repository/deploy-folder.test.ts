import { parse } from "yaml";
import type { ReleaseSettings } from "../../../pipeline/release-settings";
import { deployFolder } from "../../../synth/repository/deploy-folder";
import { ROOT, guestbookOnHost } from "../../support/guestbook";

interface Stack {
  readonly services: Readonly<
    Record<string, { readonly deploy: { readonly labels: Readonly<Record<string, string>> } }>
  >;
}

const files = new Map(
  deployFolder({
    deployment: guestbookOnHost("/srv"),
    projectFiles: { requirements: [], projectFiles: [] },
    root: ROOT,
  }).map(({ path, content }) => [path, content]),
);
const stackIn = (path: string): Stack => parse(files.get(path) ?? "", { version: "1.1" }) as Stack;
const settings = JSON.parse(files.get("host/settings.json") ?? "") as ReleaseSettings;

it("what a release rolls is all but what visitors come through, which has a file of its own", () => {
  const { services } = stackIn("stack.yaml");
  const { nginx, ...others } = services;
  expect(Object.keys(services)).toEqual(["database", "nginx", "web"]);
  expect(stackIn("roll.yaml").services).toEqual(others);
  expect(stackIn("nginx.yaml").services).toEqual({ nginx });
});

it("what the release program replaces by itself carries what it was started with", () => {
  const revisions = Object.entries(stackIn("stack.yaml").services).map(([role, { deploy }]) => [
    role,
    deploy.labels["django-deployment.revision.stack"],
  ]);
  expect(Object.fromEntries(revisions)).toEqual({
    database: "${DATABASE_REVISION:-}",
    nginx: "${NGINX_REVISION:-}",
    web: undefined,
  });
});

it("nginx is replaced when the release serves, and has its new configuration afterwards", () => {
  const { steps } = settings;
  expect(steps.slice(steps.indexOf("roll"))).toEqual(["roll", "entrance", "nginx-config", "pages", "prune"]);
});

it("the release program knows which ports close for that, and brings what has visitors wait", () => {
  expect(Object.fromEntries(settings.services.map(({ name, ports }) => [name, ports]))).toEqual({
    database: [],
    nginx: [80, 443],
    web: [],
  });
  expect([...files.keys()]).toContain("nginx/hold-connections.sh");
});
