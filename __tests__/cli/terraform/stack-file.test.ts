import { join } from "node:path";
import { parseStackFile, readStackFile } from "../../../cli/terraform/stack-file";
import { guestbook } from "../../support/guestbook";
import { temporaryFolder } from "../../support/synthesis";

describe("a synthesized stack", () => {
  it("names its containers by address and role, and which of them run once", () => {
    const { containers } = parseStackFile(
      JSON.stringify({
        resource: {
          docker_container: {
            web: { env: ["A=$${B}", "C=%%{D}"], labels: [{ label: "django-deployment.role", value: "web" }] },
            worker: { count: 2, labels: [{ label: "django-deployment.role", value: "worker" }] },
            migrate: { attach: true, labels: [{ label: "django-deployment.role", value: "migrate" }] },
          },
        },
      }),
    );
    expect(containers.map(({ address, role, task }) => [address, role, task])).toEqual([
      ["docker_container.web", "web", false],
      ["docker_container.worker[0]", "worker", false],
      ["docker_container.worker[1]", "worker", false],
      ["docker_container.migrate", "migrate", true],
    ]);
    // As the engine knows it: without what is written for Terraform's sake.
    expect(containers[0]?.environment).toEqual(["A=${B}", "C=%{D}"]);
  });

  it("that isn't there asks for nothing", () =>
    expect(readStackFile(join(temporaryFolder(), guestbook.name))).toEqual({
      containers: [],
      networks: [],
      volumes: [],
      images: [],
    }));
});
