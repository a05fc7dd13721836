import { NamedVolume } from "../../../constructs/docker/named-volume";
import { addressesOf, resourceAt } from "../../support/assertions";
import { stackWith } from "../../support/synthesis";

const volume = { role: "dbdata", name: "guestbook-dbdata", data: "the database" } as const;

describe("NamedVolume", () => {
  const stack = stackWith((scope) => {
    new NamedVolume(scope, "dbdata", { application: { name: "guestbook", id: "0123" }, volume });
    new NamedVolume(scope, "nginx", {
      application: { name: "guestbook" },
      volume: { role: "nginx", name: "guestbook-nginx", data: undefined },
    });
  });

  it("is one volume, whose address is its role wherever it is in the tree", () =>
    expect(addressesOf(stack)).toEqual(["docker_volume.dbdata", "docker_volume.nginx"]));

  it("is never destroyed when it holds data, and never replaced for its labels", () =>
    expect(resourceAt(stack, "docker_volume.dbdata")).toEqual({
      name: "guestbook-dbdata",
      labels: [
        { label: "django-deployment.name", value: "guestbook" },
        { label: "django-deployment.role", value: "dbdata" },
        { label: "django-deployment.id", value: "0123" },
      ],
      lifecycle: { prevent_destroy: true, ignore_changes: ["labels"] },
    }));

  it("may be destroyed when it holds nothing that can't be made again", () =>
    expect(resourceAt(stack, "docker_volume.nginx")["lifecycle"]).toEqual({
      prevent_destroy: false,
      ignore_changes: ["labels"],
    }));
});
