import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/guestbook";
import { docker, ENVIRONMENT, Nginx } from "./support/nginx";

jest.setTimeout(600_000);

/** The one that is used where nobody asks for another, and the one before, which deployments still have. */
const VERSIONS = ["1.30", "1.26"];

describe.each(VERSIONS)("nginx %s", (version) => {
  let nginx: Nginx;

  beforeAll(async () => {
    nginx = new Nginx(imageOf(version));
    nginx.start();
    for (const number of ["1", "2"])
      await nginx.application(`00000000000${number}-a.sock`, (request, response, body) =>
        response.end(JSON.stringify({ number, url: request.url, length: body.length })),
      );
    nginx.link("web.sock", "000000000001-a.sock");
    nginx.put("static/app.css", "body {}");
    const { status, output } = await nginx.apply();
    expect(output).toContain("nginx runs with the new configuration");
    expect(status).toBe(0);
  });
  afterAll(() => nginx.remove());

  it("is the version that its image is named for", () =>
    expect(nginx.exec("sh", "-c", "nginx -v 2>&1")).toContain(`nginx/${version}.`));

  it("serves pages, uploads and static files", async () => {
    expect(JSON.parse((await nginx.get("/page/")).body)).toMatchObject({ url: "/page/" });
    const upload = { method: "POST", body: Buffer.alloc(300_000, "x") };
    expect(JSON.parse((await nginx.get("/up/", upload)).body)).toMatchObject({ length: 300_000 });
    expect(await nginx.get("/static/app.css")).toMatchObject({ status: 200, body: "body {}" });
  });

  it("follows the link to the next release from one request to the next", async () => {
    for (const number of ["2", "1", "2", "1"]) {
      nginx.link("web.sock", `00000000000${number}-a.sock`);
      expect(JSON.parse((await nginx.get("/")).body)).toMatchObject({ number });
    }
  });

  it("is taken without a warning as a package of Debian, which mends it itself", async () => {
    // Where a registry answers, the image is that of nginx's makers.
    if (!imageOf(version).startsWith("django-deployment/")) return;
    const { status, output } = await nginx.apply(ENVIRONMENT, { mode: "check" });
    expect(output).toBe("nginx-config: nginx accepts the configuration\n");
    expect(status).toBe(0);
  });
});

describe("an image of nginx's makers", () => {
  const nginx = new Nginx();
  afterAll(() => nginx.remove());

  it.each([
    ["1.30.7", undefined],
    ["1.30.12", undefined],
    ["1.31.3", undefined],
    ["1.30.6", "fetch it anew: make release ARGS=--refresh"],
    ["1.28.3", 'write proxy: { version: "1.30" } into deployment.ts, or take its version out'],
    ["1.9.15", 'write proxy: { version: "1.30" } into deployment.ts, or take its version out'],
  ])("of nginx %s is warned of: %s", async (version, remedy) => {
    const programs = mkdtempSync(join(tmpdir(), "programs-"));
    try {
      program(programs, "nginx", `[ "$1" = -v ] || exit 0; echo "nginx version: nginx/${version}" >&2`);
      program(programs, "dpkg-query", 'echo "NGINX Packaging <nginx-packaging@f5.com>"');
      const { status, output } = await nginx.apply(ENVIRONMENT, { mode: "check", programs });
      const warning =
        remedy === undefined
          ? ""
          : `nginx-config: warning: the image has nginx ${version}, expected 1.30.7 or newer: ` +
            `older ones have known security holes; ${remedy}\n`;
      expect(output.replace("nginx-config: nginx accepts the configuration\n", "")).toBe(warning);
      expect(status).toBe(0);
    } finally {
      rmSync(programs, { recursive: true });
    }
  });
});

/** The image of a version. Where no registry answers, it is built here. */
function imageOf(version: string): string {
  // A folder of its own: its machine.json then names that version, and ours does not.
  const folder = mkdtempSync(join(tmpdir(), "base-images-"));
  try {
    cpSync(join(ROOT, "tools"), join(folder, "tools"), { recursive: true });
    execFileSync(join(folder, "tools/base-images"), [`nginx=${version}`], { stdio: "pipe" });
    const { images = {} } = JSON.parse(readFileSync(join(folder, ".deployment/machine.json"), "utf8")) as {
      images?: { nginx?: string };
    };
    if (images.nginx !== undefined) return images.nginx;
    docker("pull", "--quiet", `nginx:${version}`);
    return `nginx:${version}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function program(folder: string, name: string, script: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(folder, 0o755);
  chmodSync(file, 0o755);
}
