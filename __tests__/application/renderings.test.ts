import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Deployment } from "../../config/deployment";
import { guestbook, guestbookInDevelopment, guestbookWithProcesses } from "../support/guestbook";
import { type Rendered, renderedByCompose, renderedByTerraform } from "../support/renderings";
import { folderWith, synthesized } from "../support/synthesis";

/** All that one rendering can't say, or says elsewhere. Whatever isn't in this list is the same in both. */
const DIFFERENCES: Readonly<Partial<Record<keyof Rendered, string>>> = {
  processes:
    "the docker provider has no pids_limit; Compose has, and make up sets it (cli/docker/process-limits.ts)",
};

/** As `guestbook`, with everything that a deployment may have more than the smallest one. */
const everything: Deployment = {
  ...guestbook,
  name: "books-2",
  project: {
    ...guestbook.project,
    packages: ["libcairo2"],
    buildPackages: ["libpq-dev"],
    allowedHosts: [".example.org", "localhost"],
    environment: { TEMPLATE: "${a} $b $$c %{d} '\"\\ é", EMPTY: "" },
    envFile: {
      path: join(folderWith({ ".env": "A=1\n" }), ".env"),
      hash: createHash("sha256").update("A=1\n").digest("hex"),
    },
    overlay: true,
  },
  web: { ...guestbook.web, workers: 9, threads: 8, startTimeout: 3601 },
  processes: guestbookWithProcesses.processes,
  proxy: { ...guestbook.proxy, bodySize: 333 },
  local: { ...guestbook.local, address: "0.0.0.0", port: 80 },
};

describe.each([
  ["profile production", guestbook],
  ["profile development", guestbookInDevelopment],
  ["a deployment that uses everything", everything],
])("the docker provider's and Compose's rendering of %s", (_name, deployment) => {
  const synthesis = synthesized(deployment);
  const terraform = renderedByTerraform(synthesis);
  const compose = renderedByCompose(synthesis);

  it("have the same services", () =>
    expect([...terraform.keys()].sort()).toEqual([...compose.keys()].sort()));

  it.each([...compose.keys()])("say the same of %s", (role) => {
    const comparable = (rendered: Rendered | undefined): Partial<Rendered> | undefined =>
      rendered && Object.fromEntries(Object.entries(rendered).filter(([name]) => !(name in DIFFERENCES)));
    const { dependsOn: wanted, ...expected } = comparable(compose.get(role)) ?? {};
    const { dependsOn: given, ...found } = comparable(terraform.get(role)) ?? {};
    expect(found).toEqual(expected);
    // Terraform also waits for everything of the stacks before, which Compose has no word for.
    expect(given).toMatchObject(wanted ?? {});
  });

  it("have the same volumes, and Compose's have no name of Terraform's", () => {
    const { volumes, networks } = synthesis.compose();
    const stacks = [synthesis.stack("local-data"), synthesis.stack("local")];
    const roles = stacks.flatMap((stack) => Object.keys(stack.resource?.["docker_volume"] ?? {}));
    expect(roles.sort()).toEqual(Object.keys(volumes).sort());
    for (const [role, volume] of Object.entries(volumes))
      expect(volume).toEqual({ labels: { "django-deployment.role": role } });
    expect(networks).toEqual({ default: {} });
  });

  it("share no container, image or label by which our commands would find Compose's", () => {
    for (const service of Object.values(synthesis.compose().services)) {
      expect(service["container_name"]).toBeUndefined();
      expect(String(service["image"])).not.toMatch(new RegExp(`^${deployment.name}-web:`));
      expect(service["labels"]).not.toHaveProperty(["django-deployment.name"]);
    }
  });
});

it("the list of differences is true: each one is a difference", () => {
  const synthesis = synthesized(guestbook);
  const terraform = renderedByTerraform(synthesis).get("web");
  const compose = renderedByCompose(synthesis).get("web");
  for (const name of Object.keys(DIFFERENCES) as (keyof Rendered)[])
    expect(terraform?.[name]).not.toEqual(compose?.[name]);
});
