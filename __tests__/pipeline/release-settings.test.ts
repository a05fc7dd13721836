import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applicationOf } from "../../application/model";
import { onHost } from "../../application/on-host";
import { DEFINITIONS } from "../../application/registry/definitions";
import type { Deployment } from "../../config/deployment";
import { SshAccess } from "../../config/host";
import { type ReleaseSettings, releaseSettings, releaseSettingsText } from "../../pipeline/release-settings";
import { stackText } from "../../pipeline/stack-text";
import { TIMEOUT } from "../../pipeline/workflow/deploy-workflow";
import { RELEASE_STEPS } from "../../rehearsal/faults/kill";
import { ROOT, guestbook, guestbookOnGitHub, guestbookOnHost } from "../support/guestbook";
import { STANDARD_LIBRARY_ONLY } from "../support/python";

function rendered(change: Partial<Deployment["project"]> = {}): {
  readonly settings: ReleaseSettings;
  readonly stack: string;
} {
  const { host } = guestbookOnHost("/srv");
  if (!host) throw new Error("the fixture has a host");
  const deployment = onHost({ ...guestbook, project: { ...guestbook.project, ...change } }, host);
  const application = applicationOf(deployment);
  return { settings: releaseSettings({ deployment, application }), stack: stackText(application) };
}

/** What the release program makes of the settings: each word as it gives it to Docker. */
const READ = `
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from release_program.settings.file import read_settings
from release_program.settings.word import texts
from release_program.steps.plan import steps_of
settings = read_settings(Path(sys.argv[2]))
images = {f"image.{name}": image for name, image in settings.images.items()}
values = {**images, "image.application": "sha256:0", "folder": "/srv/ubuntu/a b", "address": "192.0.2.1", "container.nginx": "c0ffee"}
print(json.dumps({
    "host": settings.health.host.text(values),
    "build": texts(settings.build.arguments, values),
    "holder": texts(settings.holder, values),
    "tasks": {name: texts(task.arguments, values) for name, task in settings.tasks.items()},
    "plan": [[step.name, step.must_end, step.on_rollback] for step in steps_of(settings)],
}))`;

interface Read {
  readonly host: string;
  readonly build: readonly string[];
  readonly holder: readonly string[];
  readonly tasks: Readonly<Record<string, readonly string[]>>;
  readonly plan: readonly (readonly [step: string, mustEnd: boolean, onRollback: boolean])[];
}

function readByProgram(settings: ReleaseSettings): Read {
  const folder = mkdtempSync(join(tmpdir(), "release-settings-"));
  try {
    const file = join(folder, "settings.json");
    writeFileSync(file, releaseSettingsText(settings));
    const program = join(ROOT, "assets", "deploy", "host");
    const { stdout, stderr } = spawnSync(
      "python3",
      ["-IB", STANDARD_LIBRARY_ONLY, "-c", READ, program, file],
      {
        encoding: "utf8",
      },
    );
    expect(stderr).toBe("");
    return JSON.parse(stdout) as Read;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it("the release program knows the images, the volumes, the secrets and where the application is asked", () => {
  const { settings } = rendered();
  expect(settings).toMatchObject({
    name: "guestbook",
    images: { python: "python:3.13-slim", nginx: "nginx:1.30", mariadb: "mariadb:11.8" },
    health: { path: "/health/", host: "localhost", anyAnswer: false },
    secrets: {
      volume: "guestbook-secrets",
      files: expect.arrayContaining([
        ...["database_root_password", "database_password", "django_secret_key", "env"],
      ]) as unknown,
    },
  });
  expect(settings.volumes).toContain("guestbook-dbdata");
  const tasks = DEFINITIONS.filter(({ kind }) => kind === "task").map(({ name }) => name);
  expect(Object.keys(settings.tasks).sort()).toEqual(tasks.toSorted());
});

it.each([
  ["a runner opens it", SshAccess.RUNNER, true],
  ["it is open to everybody", SshAccess.ANYWHERE, false],
  ["networks are let in", SshAccess.fromNetworks(["203.0.113.0/24"]), false],
])(
  "the host looks for stale rules of its firewall only where a runner opens it: %s",
  (_name, ssh, isLookedFor) => {
    const { host, ...local } = guestbookOnGitHub("/srv", {}, { ssh });
    if (!host) throw new Error("the fixture has a host");
    const settings = (deployment: Deployment): ReleaseSettings =>
      releaseSettings({ deployment, application: applicationOf(deployment) });
    const { runnerRuleLimit } = settings(onHost({ ...local, host }, host));
    if (isLookedFor) {
      // No run that GitHub still lets go on is cut off from the host.
      expect(runnerRuleLimit).toBeGreaterThanOrEqual((TIMEOUT + 15) * 60);
    } else expect(runnerRuleLimit).toBeNull();
    // Nobody opens the port who does not release from GitHub.
    expect(settings(onHost({ ...local, github: undefined, host }, host)).runnerRuleLimit).toBeNull();
  },
);

it("the release program knows every service, how it is judged, and what it reads", () => {
  const backing = { kind: "backing-service", singleton: true };
  const { services } = rendered().settings;
  for (const wanted of [
    {
      ...{
        ...backing,
        name: "database",
        step: "services",
        judge: "healthy",
        healthCheck: true,
        startTimeout: 3600,
      },
      ...{ keepsSecrets: true, secrets: ["database_root_password", "database_password"] },
    },
    { ...backing, name: "nginx", step: "proxy", judge: "started", servesRequests: true, secrets: [] },
    {
      ...{
        name: "web",
        kind: "process",
        step: "roll",
        judge: "soaked",
        singleton: false,
        servesRequests: true,
        soak: 5,
      },
      secrets: expect.arrayContaining(["database_password", "django_secret_key", "env"]) as unknown,
    },
  ])
    expect(services.find(({ name }) => name === wanted.name)).toMatchObject(wanted);
});

it("the release program takes the steps as they are listed, and waits for the end of migrate alone", () => {
  const { settings } = rendered();
  const { plan } = readByProgram(settings);
  expect(plan.map(([step]) => step)).toEqual(settings.steps);
  expect(settings.steps).toEqual(RELEASE_STEPS);
  expect(plan.filter(([, mustEnd]) => mustEnd)).toEqual([["migrate", true, false]]);
  expect(plan.filter(([, , onRollback]) => !onRollback)).toHaveLength(1);
});

it("the image is built on the base image that the host has", () => {
  expect(readByProgram(rendered().settings).build[0]).toBe("PYTHON_IMAGE=python:3.13-slim");
});

it.each([
  [["*"], "192.0.2.1"],
  [[".example.org"], "www.example.org"],
  [["example.org", "b.org"], "example.org"],
])("of the hosts %j the probe asks by %s", (allowedHosts, expected) => {
  expect(readByProgram(rendered({ allowedHosts }).settings).host).toBe(expected);
});

it("the tasks are docker run's arguments, whatever stands in them", () => {
  const nasty = "a 'b' \"c\" $d `e` \\ \n#f ${g} é";
  const { tasks } = readByProgram(rendered({ environment: { NASTY: nasty } }).settings);
  const migrate = tasks["migrate"] ?? [];
  expect(migrate).toContain(`--env=NASTY=${nasty}`);
  expect(migrate).toContain("--env=ALLOWED_HOSTS=localhost,127.0.0.1,192.0.2.1");
  expect(migrate.at(-2)).toBe("sha256:0");
  expect(tasks["nginx-config"]).toContain("--pid=container:c0ffee");
  expect(tasks["nginx-config"]).toContain(
    "--mount=type=bind,src=/srv/ubuntu/a b/deploy/nginx/apply.sh,dst=/upload/apply.sh,readonly",
  );
});

it("the stack has the host's address as a variable, where the project's settings read it, too", () => {
  const { settings, stack } = rendered({ allowedHostsVariable: { name: "MY_HOSTS", separator: " " } });
  expect(stack).toContain("MY_HOSTS: localhost 127.0.0.1 ${PUBLIC_ADDRESS:?is set by the release script}\n");
  expect(stack).not.toContain("public-address.invalid");
  expect(releaseSettingsText(settings)).not.toContain("public-address.invalid");
});

it("the host has what it needs to hold the volumes, and to open a database whose passwords are lost", () => {
  const { settings } = rendered();
  const { holder } = readByProgram(settings);
  expect(holder).toContain("--name=guestbook-holder");
  expect(holder).toContain("--mount=type=volume,src=guestbook-secrets,dst=/volumes/secrets,readonly");
  expect(settings.database).toMatchObject({ volume: "guestbook-dbdata", user: "django", memory: 400 });
  expect(settings.database.arguments).toContain("--skip-name-resolve");
});
