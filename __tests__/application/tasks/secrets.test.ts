import { existsSync } from "node:fs";
import { join } from "node:path";
import { serviceOf } from "../../../application/application";
import { applicationOf } from "../../../application/model";
import { guestbook, ROOT } from "../../support/guestbook";

describe("the task that makes the secrets", () => {
  const task = serviceOf(applicationOf(guestbook), "secrets");

  it("has no network, no secret in its environment, and few capabilities", () => {
    expect(task.networked).toBe(false);
    expect(task.environment).toEqual({});
    expect(task.capabilities).not.toContain("ALL");
  });

  it("prepares every volume that others write to, before anybody mounts it", () =>
    expect(task.mounts.map((mount) => mount.target)).toEqual([
      "/volumes/secrets",
      "/volumes/run",
      "/volumes/static",
      "/volumes/media",
      "/volumes/dbdata",
    ]));

  it("gets only files that there are", () => {
    const assets = task.files.flatMap(({ source }) => ("asset" in source ? [source.asset] : []));
    expect(assets.length).toBeGreaterThan(0);
    expect(assets.filter((asset) => !existsSync(join(ROOT, "assets", asset)))).toEqual([]);
  });

  it("gets the user's .env when there is one", () => {
    const envFile = { path: "/project/.env", hash: "abc" };
    const deployment = { ...guestbook, project: { ...guestbook.project, envFile } };
    expect(serviceOf(applicationOf(deployment), "secrets").files).toEqual([
      ...task.files,
      { target: "/upload/env", source: envFile, executable: false },
    ]);
  });
});
