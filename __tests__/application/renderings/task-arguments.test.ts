import { serviceOf } from "../../../application/application";
import { composeOf } from "../../../application/renderings/compose";
import { applicationOf } from "../../../application/model";
import { onHost } from "../../../application/on-host";
import { taskArguments } from "../../../application/renderings/task-arguments";
import { guestbook, guestbookOnHost } from "../../support/guestbook";

const host = guestbookOnHost("/srv").host;
if (!host) throw new Error("the fixture has a host");

const deployment = {
  ...guestbook,
  project: { ...guestbook.project, envFile: { path: "/home/ann/mysite/.env", hash: "abc" } },
};
const application = applicationOf(onHost(deployment, host));
const paths = {
  buildContext: "context",
  assets: "/assets",
  contextHash: "0123456789abcdef",
  userFile: String,
};
const compose = composeOf(application, paths)["services"] as Record<string, Record<string, unknown>>;

const argumentsOf = (role: "holder" | "secrets" | "nginx-check" | "migrate" | "nginx-config"): string[] =>
  taskArguments(application, serviceOf(application, role), {
    images: {
      base: ({ base, reference }) => (base === "nginx" ? `mine/${reference}` : reference),
      application: "guestbook-web:0123456789ab",
    },
    assets: "/assets",
    userFiles: "/release",
    containerOf: (of) => `id-of-${of}`,
  });

/** Values of an option that may be there several times. */
const values = (task: readonly string[], option: string): string[] =>
  task
    .filter((argument) => argument.startsWith(`--${option}=`))
    .map((argument) => argument.slice(option.length + 3));

describe.each(["secrets", "nginx-check", "migrate", "nginx-config"] as const)(
  "the task %s on a host",
  (role) => {
    const task = argumentsOf(role);
    const expected = compose[role] ?? {};

    it("has the limits, the user and the rights that Compose gives it", () => {
      expect(values(task, "user")).toEqual([expected["user"]]);
      expect(values(task, "cap-drop")).toEqual(expected["cap_drop"]);
      expect(values(task, "cap-add")).toEqual(expected["cap_add"] ?? []);
      expect(values(task, "security-opt")).toEqual(expected["security_opt"]);
      expect(values(task, "memory")).toEqual([expected["mem_limit"]]);
      expect(values(task, "memory-swap")).toEqual([expected["memswap_limit"]]);
      expect(values(task, "pids-limit")).toEqual([String(expected["pids_limit"])]);
      expect(task.includes("--read-only")).toBe(expected["read_only"]);
      expect(values(task, "network")).toEqual([expected["network_mode"] ?? application.network]);
    });

    it("has the same environment, volumes and files", () => {
      // Compose would read "$" as a variable; docker run reads it as it is.
      const environment = Object.entries(expected["environment"] as Record<string, string>);
      expect(values(task, "env")).toEqual(
        environment.map(([name, value]) => `${name}=${value.replaceAll("$$", "$")}`),
      );
      const volumes = (expected["volumes"] as { type: string; source?: string; target: string }[]).filter(
        ({ type }) => type === "volume",
      );
      const mounts = values(task, "mount");
      expect(mounts.filter((mount) => mount.startsWith("type=volume"))).toHaveLength(volumes.length);
      for (const { source = "", target } of volumes)
        expect(mounts).toContainEqual(expect.stringContaining(`src=guestbook-${source},dst=${target}`));
      const files = ["configs", "secrets"].flatMap(
        (kind) => (expected[kind] as { target: string }[] | undefined) ?? [],
      );
      const bound = mounts.filter((mount) => mount.startsWith("type=bind"));
      expect(bound).toHaveLength(files.length);
      bound.forEach((mount) => expect(mount).toMatch(/,readonly$/));
    });
  },
);

it("reads the user's own file from the release, wherever it lies on this computer", () => {
  expect(values(argumentsOf("secrets"), "mount")).toContain(
    "type=bind,src=/release/.env,dst=/upload/env,readonly",
  );
  expect(argumentsOf("secrets").join(" ")).not.toContain("/home/ann");
});

it("names the images that the host has, and the process that it signals", () => {
  expect(argumentsOf("migrate")).toContain("guestbook-web:0123456789ab");
  const configuration = argumentsOf("nginx-config");
  expect(configuration).toContain("mine/nginx:1.30");
  expect(values(configuration, "pid")).toEqual(["container:id-of-nginx"]);
  expect(values(configuration, "entrypoint")).toEqual(["sh"]);
  expect(configuration.slice(-2)).toEqual(["/upload/apply.sh", "apply"]);
});

it("the holder stays, is started again after the machine, and keeps every volume with data in use, read-only", () => {
  const holder = argumentsOf("holder");
  expect(holder).toEqual(
    expect.arrayContaining([
      "--detach",
      "--restart=always",
      "--name=guestbook-holder",
      "--stop-signal=SIGKILL",
    ]),
  );
  expect(holder).not.toContain("--rm");
  const data = application.volumes.filter((volume) => volume.data !== undefined);
  expect(data.length).toBeGreaterThan(0);
  expect(values(holder, "mount")).toEqual(
    data.map(({ name, role }) => `type=volume,src=${name},dst=/volumes/${role},readonly`),
  );
  expect([values(holder, "network"), values(holder, "cap-drop"), values(holder, "memory")]).toEqual([
    ["none"],
    ["ALL"],
    ["16m"],
  ]);
  expect(holder.slice(-2)).toEqual(["python:3.13-slim", "infinity"]);
});
