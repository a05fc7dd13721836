import { addressesOf, countsOf } from "../support/assertions";
import { guestbook, guestbookInDevelopment } from "../support/guestbook";
import { STACKS, synthesized } from "../support/synthesis";

/**
 * The addresses are what Terraform knows the resources of people's running stacks by: one that changes is a
 * resource destroyed and another made. A change here needs a `moved` block, and for a volume there is no excuse.
 */
const ADDRESSES = {
  production: {
    "local-data": [
      "docker_container.holder",
      "docker_image.python_image",
      "docker_volume.dbdata",
      "docker_volume.media",
      "docker_volume.run",
      "docker_volume.secrets",
      "docker_volume.static",
      "var.python_image",
    ],
    "local-database": [
      "docker_container.database",
      "docker_container.secrets",
      "docker_image.mariadb_image",
      "docker_image.python_image",
      "docker_network.network",
      "var.mariadb_image",
      "var.python_image",
    ],
    local: [
      "docker_container.migrate",
      "docker_container.nginx",
      "docker_container.nginx_check",
      "docker_container.nginx_config",
      "docker_container.web",
      "docker_image.nginx_image",
      "docker_image.web_image",
      "docker_volume.nginx",
      "output.url",
      "var.ca_bundle",
      "var.nginx_image",
      "var.python_image",
    ],
  },
  development: {
    "local-data": [
      "docker_container.holder",
      "docker_image.python_image",
      "docker_volume.dbdata",
      "docker_volume.media",
      "docker_volume.run",
      "docker_volume.secrets",
      "docker_volume.static",
      "var.python_image",
    ],
    "local-database": [
      "docker_container.database",
      "docker_container.secrets",
      "docker_image.mariadb_image",
      "docker_image.python_image",
      "docker_network.network",
      "var.mariadb_image",
      "var.python_image",
    ],
    local: [
      "docker_container.web",
      "docker_image.web_image",
      "docker_volume.nginx",
      "output.url",
      "var.ca_bundle",
      "var.python_image",
    ],
  },
} as const;

describe.each([["production", guestbook] as const, ["development", guestbookInDevelopment] as const])(
  "in profile %s",
  (profile, deployment) => {
    const synthesis = synthesized(deployment);

    it.each(STACKS)("%s has these addresses and no other", (name) =>
      expect(addressesOf(synthesis.stack(name))).toEqual(ADDRESSES[profile][name]),
    );

    it("every container's type is counted once a role", () =>
      expect(STACKS.map((name) => countsOf(synthesis.stack(name))["docker_container"] ?? 0)).toEqual(
        profile === "production" ? [1, 2, 5] : [1, 2, 1],
      ));
  },
);
