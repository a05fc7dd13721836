import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { guestbook, guestbookInDevelopment, guestbookWithProcesses, ROOT } from "../support/guestbook";
import { folderWith, synthesized } from "../support/synthesis";

const envFile = { path: join(folderWith({ ".env": "A=1\n" }), ".env"), hash: "abc" };

interface ComposeConfig {
  readonly services: Readonly<
    Record<
      string,
      {
        environment?: Record<string, string | null>;
        image: string;
        mem_limit?: string;
        command?: string[] | null;
      }
    >
  >;
}

/** What Compose makes of a file; fails on a warning too. */
function composeConfig(folder: string, env: Record<string, string> = {}): ComposeConfig {
  const { status, stdout, stderr } = spawnSync(
    join(ROOT, "tools", "compose"),
    ["--file", join(folder, "application", "compose.yaml"), "config", "--format", "json"],
    { encoding: "utf8", env: { ...process.env, ...env } },
  );
  expect({ status, stderr: stderr.replace(/^==> .*\n/gm, "") }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout) as ComposeConfig;
}

describe("docker compose config", () => {
  it.each([
    ["production", guestbook],
    ["development", guestbookInDevelopment],
    ["production with processes", guestbookWithProcesses],
    ["production with an .env", { ...guestbook, project: { ...guestbook.project, envFile } }],
  ])(
    "accepts compose.yaml without a word (%s)",
    (_name, deployment) => {
      const synthesis = synthesized(deployment);
      const { services } = composeConfig(synthesis.folder);
      expect(Object.keys(services).sort()).toEqual(Object.keys(synthesis.compose().services).sort());
    },
    300_000,
  );

  it("reads every value as it was meant", () => {
    const environment = { TEXT: "${a} $b $$c '\"\\ é", NUMBER: "1e3", BOOLEAN: "no", EMPTY: "" };
    const synthesis = synthesized({ ...guestbook, project: { ...guestbook.project, environment } });
    // Compose prints "$" as "$$", so that what it prints is a Compose file again.
    const read = Object.entries(composeConfig(synthesis.folder).services["web"]?.environment ?? {});
    expect(
      Object.fromEntries(read.map(([name, value]) => [name, value?.replaceAll("$$", "$")])),
    ).toMatchObject(environment);
  });

  it("lets a machine name its own base images, as Terraform's variables do", () => {
    const { services } = composeConfig(synthesized(guestbook).folder, { NGINX_IMAGE: "mine/nginx:1" });
    expect([services["nginx"]?.image, services["nginx-config"]?.image]).toEqual([
      "mine/nginx:1",
      "mine/nginx:1",
    ]);
    expect(services["database"]?.image).toBe("mariadb:11.8");
  });
});
