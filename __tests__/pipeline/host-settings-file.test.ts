import { spawnSync } from "node:child_process";
import { applicationOf } from "../../application/model";
import { onHost } from "../../application/on-host";
import type { Deployment } from "../../config/deployment";
import { settingsFile } from "../../pipeline/host-settings-file";
import { stackText } from "../../pipeline/stack-text";
import { tasksFile } from "../../pipeline/tasks-file";
import { guestbook, guestbookOnHost } from "../support/guestbook";

function rendered(
  change: Partial<Deployment["project"]> = {},
): Record<"settings" | "tasks" | "stack", string> {
  const { host } = guestbookOnHost("/srv");
  if (!host) throw new Error("the fixture has a host");
  const deployment = onHost({ ...guestbook, project: { ...guestbook.project, ...change } }, host);
  const application = applicationOf(deployment);
  return {
    settings: settingsFile({ deployment, application }),
    tasks: tasksFile(application),
    stack: stackText(application),
  };
}

/** What Bash makes of a file, and then prints. */
function bash(text: string, print: string): string {
  const env = {
    PATH: "/usr/bin:/bin",
    PUBLIC_ADDRESS: "192.0.2.1",
    RELEASE_IMAGE: "sha256:0",
    release: "/srv/ubuntu/a b",
    nginx_container: "c0ffee",
  };
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-c", `set -eu\n${text}\n${print}`], {
    encoding: "utf8",
    env,
  });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

it("the release script knows the images, the volumes and where the application is asked", () => {
  const { settings } = rendered();
  const values = [
    "NAME",
    "PYTHON_IMAGE",
    "NGINX_IMAGE",
    "MARIADB_IMAGE",
    "HEALTH_PATH",
    "HEALTH_HOST",
    "SOAK",
  ];
  const found = bash(settings, values.map((name) => `echo "$${name}"`).join("\n"))
    .trim()
    .split("\n");
  expect(found).toEqual([
    "guestbook",
    "python:3.13-slim",
    "nginx:1.28",
    "mariadb:11.8",
    "/health/",
    "localhost",
    "5",
  ]);
  expect(bash(settings, 'printf "%s\\n" "${VOLUMES[@]}"')).toContain("guestbook-dbdata\n");
});

it("a machine without a registry may name images of its own", () => {
  expect(bash(`PYTHON_IMAGE=mine\n${rendered().settings}`, 'echo "${IMAGE_BUILD_ARGUMENTS[0]}"')).toBe(
    "--build-arg=PYTHON_IMAGE=mine\n",
  );
});

it.each([
  [["*"], "192.0.2.1"],
  [[".example.org"], "www.example.org"],
  [["example.org", "b.org"], "example.org"],
])("of the hosts %j the probe asks by %s", (allowedHosts, expected) => {
  expect(bash(rendered({ allowedHosts }).settings, 'echo "$HEALTH_HOST"')).toBe(`${expected}\n`);
});

it("the tasks are docker run's arguments, whatever stands in them", () => {
  const nasty = "a 'b' \"c\" $d `e` \\ \n#f";
  const { settings, tasks } = rendered({ environment: { NASTY: nasty } });
  const words = bash(`${settings}${tasks}`, 'printf "%s\\0" "${migrate_task[@]}"').split("\0");
  expect(words).toContain(`--env=NASTY=${nasty}`);
  expect(words).toContain("--env=ALLOWED_HOSTS=localhost,127.0.0.1,192.0.2.1");
  expect(words.at(-3)).toBe("sha256:0");
  const nginx = bash(`${settings}${tasks}`, 'printf "%s\\0" "${nginx_config_task[@]}"').split("\0");
  expect(nginx).toContain("--pid=container:c0ffee");
  expect(nginx).toContain(
    "--mount=type=bind,src=/srv/ubuntu/a b/deploy/nginx/apply.sh,dst=/upload/apply.sh,readonly",
  );
});

it("the stack has the host's address as a variable, where the project's settings read it, too", () => {
  const { stack } = rendered({ allowedHostsVariable: { name: "MY_HOSTS", separator: " " } });
  expect(stack).toContain("MY_HOSTS: localhost 127.0.0.1 ${PUBLIC_ADDRESS:?is set by the release script}\n");
  expect(stack).not.toContain("public-address.invalid");
});

it("the host has what it needs to hold the volumes, and to open a database whose passwords are lost", () => {
  const { settings, tasks } = rendered();
  const holder = bash(`${settings}${tasks}`, 'printf "%s\\0" "${holder_task[@]}"').split("\0");
  expect(holder).toContain("--name=guestbook-holder");
  expect(holder).toContain("--mount=type=volume,src=guestbook-secrets,dst=/volumes/secrets,readonly");
  const server = bash(`${settings}${tasks}`, 'printf "%s\\0" "${database_arguments[@]}"').split("\0");
  expect(server).toContain("--skip-name-resolve");
  expect(bash(settings, 'echo "$DATABASE_VOLUME $DATABASE_USER $DATABASE_MEMORY"')).toBe(
    "guestbook-dbdata django 400\n",
  );
});
