import { existsSync } from "node:fs";
import { join } from "node:path";
import { serviceOf } from "../../../application/application";
import { applicationOf } from "../../../application/model";
import { DEFINITIONS } from "../../../application/registry/definitions";
import { cache } from "../../support/fakes";
import { guestbook, ROOT } from "../../support/guestbook";

describe("the task that makes the secrets", () => {
  const task = serviceOf(applicationOf(guestbook), "secrets");

  it("has no network, no secret in its environment, and few capabilities", () => {
    expect(task.networked).toBe(false);
    expect(Object.keys(task.environment)).toEqual(["VOLUME_FILES", "VOLUME_OWNERS"]);
    expect(task.capabilities).not.toContain("ALL");
  });

  it("prepares every volume with data that others write to, before anybody mounts it", () => {
    const { services, volumes } = applicationOf(guestbook);
    const data = volumes.filter((volume) => volume.data !== undefined).map(({ role }) => role);
    const written = services
      .filter(({ role }) => role !== "secrets")
      .flatMap(({ mounts }) =>
        mounts.flatMap((mount) => (mount.type === "volume" && !mount.readOnly ? [mount.volume] : [])),
      );
    expect(written).toEqual(expect.arrayContaining(["dbdata", "media"]));
    for (const volume of written.filter((one) => data.includes(one)))
      expect(task.mounts.map((mount) => mount.target)).toContain(`/volumes/${volume}`);
  });

  const told = (name: "VOLUME_FILES" | "VOLUME_OWNERS", of = task): Record<string, unknown>[] =>
    JSON.parse(of.environment[name] ?? "") as Record<string, unknown>[];

  it("is told each file, its owner and who may read it; no value", () => {
    const secret = { theirName: "", givenAs: [], kept: false, lasting: false, isEnvFile: false };
    expect(told("VOLUME_FILES")).toEqual([
      {
        ...{ ...secret, name: "database_root_password", owner: "999:999", mode: "0400", kept: true },
        ...{ lasting: true, givenAs: ["MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"] },
      },
      {
        ...{ ...secret, name: "database_password", owner: "999:10001", mode: "0440", kept: true },
        ...{ lasting: true, givenAs: ["DATABASE_PASSWORD", "MYSQL_PASSWORD", "MARIADB_PASSWORD"] },
        theirName: "DATABASE_PASSWORD_VARIABLE",
      },
      {
        ...{ ...secret, name: "django_secret_key", owner: "10001:10001", mode: "0400" },
        ...{ lasting: true, givenAs: ["SECRET_KEY", "DJANGO_SECRET_KEY"], theirName: "SECRET_KEY_VARIABLE" },
      },
      { ...secret, name: "env", owner: "10001:10001", mode: "0400", isEnvFile: true },
    ]);
  });

  it("is told whose each volume with data is", () => {
    const web = { owner: "10001:10001", mode: "0755", keepsOwner: false };
    expect(told("VOLUME_OWNERS")).toEqual([
      { volume: "dbdata", owner: "999:999", mode: "0755", keepsOwner: true },
      { ...web, volume: "media" },
      { ...web, volume: "static" },
      { ...web, volume: "run", mode: "2770" },
      { volume: "secrets", owner: "0:0", mode: "0755", keepsOwner: false },
    ]);
    expect(told("VOLUME_OWNERS").map(({ volume }) => `/volumes/${String(volume)}`)).toEqual(
      task.mounts.map(({ target }) => target).reverse(),
    );
  });

  it("is told of a secret and a volume that a definition adds", () => {
    const memory = { ...guestbook.memory, cache: 64 };
    const more = serviceOf(applicationOf({ ...guestbook, memory }, [...DEFINITIONS, cache]), "secrets");
    expect(told("VOLUME_FILES", more).at(-1)).toEqual({
      ...{ name: "cache_password", owner: "999:10001", mode: "0440", givenAs: ["CACHE_PASSWORD"] },
      ...{ theirName: "CACHE_PASSWORD_VARIABLE", kept: false, lasting: false, isEnvFile: false },
    });
    expect(told("VOLUME_OWNERS", more).at(-1)).toEqual({
      ...{ volume: "cachedata", owner: "999:999", mode: "0755", keepsOwner: false },
    });
  });

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
