import { Images } from "../../../constructs/docker/images";
import { addressesOf, resourceAt } from "../../support/assertions";
import { stackWith } from "../../support/synthesis";

const version = { version: "1.28", pinned: false };
const nginx = { kind: "base", base: "nginx", reference: "nginx:1.28", version } as const;
const python = { kind: "base", base: "python", reference: "python:3.13-slim", version } as const;
const application = {
  kind: "application",
  build: {
    repository: "guestbook-web",
    role: "web",
    base: python,
    arguments: { REQUIREMENTS: "r.txt", SYSTEM_PACKAGES: "${x}" },
  },
} as const;
const buildContext = { path: "../../application/context", hash: "0123456789abcdef".repeat(4) };

describe("Images", () => {
  it("makes a base image once, however often it is asked for", () => {
    let ids: string[] = [];
    const stack = stackWith((scope) => {
      const images = new Images(scope, "images", { application: "guestbook" });
      ids = [images.idOf(nginx), images.idOf(nginx)];
    });
    expect(addressesOf(stack)).toEqual(["docker_image.nginx_image", "var.nginx_image"]);
    expect(ids[0]).toBe(ids[1]);
  });

  it("uses the official image unless the machine names its own", () => {
    const stack = stackWith(
      (scope) => void new Images(scope, "images", { application: "guestbook" }).idOf(nginx),
    );
    expect(resourceAt(stack, "docker_image.nginx_image")).toEqual({
      name: "${var.nginx_image}",
      keep_locally: true,
    });
    expect(stack.variable?.["nginx_image"]).toMatchObject({ type: "string", default: "nginx:1.28" });
  });

  it("builds the application's image from the build context, named and triggered by its hash", () => {
    const stack = stackWith(
      (scope) =>
        void new Images(scope, "images", { application: "guestbook", buildContext }).idOf(application),
    );
    expect(addressesOf(stack)).toEqual(["docker_image.web_image", "var.ca_bundle", "var.python_image"]);
    expect(resourceAt(stack, "docker_image.web_image")).toEqual({
      name: "guestbook-web:0123456789ab",
      keep_locally: true,
      triggers: { context: buildContext.hash },
      build: {
        context: "../../application/context",
        dockerfile: "Dockerfile",
        builder: "default",
        build_log_file: "../../application/image-build.log",
        build_args: { PYTHON_IMAGE: "${var.python_image}", REQUIREMENTS: "r.txt", SYSTEM_PACKAGES: "$${x}" },
        label: { "django-deployment.name": "guestbook", "django-deployment.role": "web" },
        dynamic: {
          secrets: {
            for_each: "${toset(compact([var.ca_bundle]))}",
            iterator: "each",
            content: { id: "ca_bundle", src: "${each.value}" },
          },
        },
      },
    });
  });

  it("refuses to build where there is no build context", () =>
    expect(() =>
      stackWith((scope) => void new Images(scope, "images", { application: "guestbook" }).idOf(application)),
    ).toThrow("this stack has no build context"));
});
