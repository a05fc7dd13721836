import type { Deployment } from "../../config/deployment";
import { type StackJson, resourceAt } from "../support/assertions";
import { guestbook, guestbookInDevelopment } from "../support/guestbook";
import { STACKS, synthesized } from "../support/synthesis";

/** Hashes change with every edit of an asset; whether they are there is what counts. */
function masked(stack: StackJson): unknown {
  return JSON.parse(
    JSON.stringify(stack)
      .replace(/\b[0-9a-f]{64}\b/g, "<sha256>")
      .replace(/guestbook-web:[0-9a-f]{12}/g, "guestbook-web:<sha256>"),
  );
}

const synthesis = synthesized(guestbook);

describe("each stack", () => {
  it.each(STACKS)("%s is, hashes aside", (name) => expect(masked(synthesis.stack(name))).toMatchSnapshot());

  it.each(STACKS)("%s keeps its state at a fixed place outside of the synthesized folder", (name) =>
    expect(synthesis.stack(name).terraform).toEqual({
      backend: { local: { path: `../../../.deployment/state/${name}.tfstate` } },
      required_providers: { docker: { source: "kreuzwerker/docker", version: ">= 3.6.2, < 5.0.0" } },
      required_version: ">= 1.10",
    }),
  );

  it.each(STACKS)("%s talks to the engine that the deployment names", (name) => {
    const elsewhere: Deployment = {
      ...guestbook,
      local: { ...guestbook.local, dockerHost: "ssh://ubuntu@192.0.2.1" },
    };
    expect(synthesized(elsewhere).stack(name).provider).toEqual({
      docker: [{ host: "ssh://ubuntu@192.0.2.1" }],
    });
    expect(synthesis.stack(name).provider).toEqual({ docker: [{}] });
  });
});

describe("the stack of data", () => {
  const { resource = {} } = synthesis.stack("local-data");

  it("holds volumes, each one protected, and what keeps them in use", () => {
    expect(Object.keys(resource["docker_container"] ?? {})).toEqual(["holder"]);
    for (const volume of Object.values(resource["docker_volume"] ?? {})) {
      expect(volume["lifecycle"]).toEqual({ prevent_destroy: true, ignore_changes: ["labels"] });
    }
  });

  it("is the same in both profiles, byte for byte", () =>
    expect(synthesized(guestbookInDevelopment).files().get("stacks/local-data/cdk.tf.json")).toEqual(
      synthesis.files().get("stacks/local-data/cdk.tf.json"),
    ));
});

describe("the stacks of a release", () => {
  it("hold no volume with data", () => {
    const volumes = (["local-database", "local"] as const).map((name) =>
      Object.keys(synthesis.stack(name).resource?.["docker_volume"] ?? {}),
    );
    expect(volumes).toEqual([[], ["nginx"]]);
  });

  it("replace only what may overlap before its successor works", () => {
    const first = STACKS.flatMap((name) =>
      Object.entries(synthesis.stack(name).resource?.["docker_container"] ?? {})
        .filter(
          ([, { lifecycle }]) =>
            (lifecycle as { create_before_destroy?: boolean } | undefined)?.create_before_destroy,
        )
        .map(([id]) => id),
    );
    expect(first).toEqual(["web"]);
  });

  it("share no state between web and the database, which can't run twice", () => {
    expect(() => resourceAt(synthesis.stack("local"), "docker_container.database")).toThrow();
    expect(resourceAt(synthesis.stack("local-database"), "docker_container.database")["name"]).toBe(
      "guestbook-database",
    );
  });

  it("end with the address of the application", () => {
    const url = (deployment: Deployment): unknown =>
      synthesized(deployment).stack("local").output?.["url"]?.["value"];
    const at = (address: string): Deployment => ({ ...guestbook, local: { ...guestbook.local, address } });
    expect(url(guestbook)).toBe("http://localhost:8080/");
    expect(url(guestbookInDevelopment)).toBe("http://localhost:8000/");
    expect(url(at("0.0.0.0"))).toBe("http://localhost:8080/");
    expect(url(at("192.0.2.1"))).toBe("http://192.0.2.1:8080/");
    expect(url(at("::1"))).toBe("http://[::1]:8080/");
  });
});

describe("the stacks' order", () => {
  it("is data, database, release", () => {
    const manifest = JSON.parse(String(synthesis.files().get("manifest.json"))) as {
      stacks: Record<string, { dependencies: string[] }>;
    };
    expect(
      Object.fromEntries(Object.entries(manifest.stacks).map(([name, stack]) => [name, stack.dependencies])),
    ).toEqual({
      "local-data": [],
      "local-database": ["local-data"],
      local: ["local-database"],
    });
  });
});
