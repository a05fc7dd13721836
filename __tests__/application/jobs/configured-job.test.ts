import { serviceOf } from "../../../application/application";
import { applicationOf } from "../../../application/model";
import { onHost } from "../../../application/on-host";
import { definitionsOf, memoryShares } from "../../../application/registry/queries";
import { composeOf } from "../../../application/renderings/compose";
import { labelsOf } from "../../../application/renderings/labels";
import { stackOf } from "../../../application/renderings/stack-file";
import { secretsOf } from "../../../application/secrets";
import { jobArguments } from "../../../cli/commands/local/job";
import { releaseSettings } from "../../../pipeline/release-settings";
import { guestbook, guestbookInDevelopment, guestbookOnHost, withJobs } from "../../support/guestbook";
import { synthesized } from "../../support/synthesis";

const deployment = withJobs(guestbook);
const application = applicationOf(deployment);
const job = serviceOf(application, "clean");

describe("a job", () => {
  it("is a command on the application's image, hardened as web is, which keeps its own time", () => {
    const web = serviceOf(application, "web");
    const { environment, ...rest } = job;
    expect(rest).toMatchObject({
      kind: "job",
      configured: true,
      schedule: { text: "0 3 * * *" },
      timeLimit: 600,
      image: web.image,
      workingDirectory: "/app",
      command: ["timeout", "--kill-after=30", "600", "python", "manage.py", "clean", "100%", "$HOME"],
      mounts: [
        { type: "volume", volume: "secrets", target: "/run/secrets", readOnly: true },
        { type: "tmpfs", target: "/tmp", size: 24, mode: "1777" },
        { type: "volume", volume: "static", target: "/app/staticfiles", readOnly: true },
        { type: "volume", volume: "media", target: "/app/media", readOnly: false },
      ],
      ...{ networked: true, user: "10001:10001", capabilities: [], readOnly: true, init: true, ports: [] },
      ...{ memory: 96, singleton: true, stopGrace: 30 },
      dependsOn: expect.arrayContaining([
        { role: "secrets", condition: "completed" },
        { role: "database", condition: "healthy" },
      ]) as unknown,
    });
    expect(rest).not.toHaveProperty("healthCheck");
    // In a job MariaDB ends no idle transaction.
    const { PYTHONPATH: path, ...others } = environment;
    expect(path).toMatch(/^\/opt\/deployment\/unlimited:/);
    expect(others).toEqual(
      Object.fromEntries(Object.entries(web.environment).filter(([name]) => !name.startsWith("WEB_"))),
    );
    expect(secretsOf(application, "clean")).toEqual(
      secretsOf(application, "web").map((file) => expect.objectContaining({ name: file.name }) as unknown),
    );
  });

  it("is known by a label of its own, so that no release and no recovery takes it for theirs", () =>
    expect(labelsOf(application, job)).toEqual({
      "django-deployment.name": "guestbook",
      "django-deployment.role": "clean",
      "django-deployment.kind": "job",
    }));

  it("has its memory, once", () => {
    const share = memoryShares(deployment).find(({ name }) => name === "clean");
    expect(share).toMatchObject({ copies: 1, least: 96, fixed: true });
    expect(
      definitionsOf(deployment)
        .map(({ name }) => name)
        .slice(-2),
    ).toEqual(["clean", "load"]);
  });

  it("is in no stack: nothing runs it that nobody asks for", () => {
    const synthesis = synthesized(deployment);
    for (const stack of ["local-data", "local-database", "local"] as const)
      expect(JSON.stringify(synthesis.stack(stack).resource ?? {})).not.toContain('"clean"');
    expect(synthesis.stack("local")).toEqual(synthesized(guestbook).stack("local"));
    const host = guestbookOnHost("/srv").host;
    if (!host) throw new Error("the fixture has a host");
    const swarm = stackOf(applicationOf(onHost(deployment, host)))["services"] as object;
    expect(swarm).toHaveProperty("web");
    expect(swarm).not.toHaveProperty("clean");
  });

  it("is in a profile of Compose's, which starts it only when it is asked for", () => {
    const paths = { buildContext: "c", assets: "a", contextHash: "0".repeat(64), userFile: String };
    const { clean } = composeOf(application, paths)["services"] as Record<string, object>;
    expect(clean).toMatchObject({
      profiles: ["jobs"],
      restart: "no",
      command: expect.arrayContaining(["100%", "$$HOME"]) as unknown,
    });
  });
});

describe("its container on this computer", () => {
  it("has a name, rotated logs, and stays when it has ended", () => {
    const words = jobArguments({ application }, job, "sha256:serves");
    expect(words).toEqual(
      expect.arrayContaining([
        ...["--name=guestbook-clean", "--stop-timeout=30", "--init", "--read-only", "--network=guestbook"],
        ...["--log-driver=json-file", "--log-opt=max-size=10m", "--log-opt=max-file=3", "--memory=96m"],
        "--label=django-deployment.kind=job",
        "--mount=type=volume,src=guestbook-secrets,dst=/run/secrets,readonly",
        "--env=ENV_FILE=/run/secrets/env",
      ]),
    );
    expect(words).not.toEqual(expect.arrayContaining(["--rm"]));
    expect(words).not.toEqual(expect.arrayContaining(["--detach"]));
    const [image, ...command] = words.slice(-9);
    expect([image, command]).toEqual(["sha256:serves", job.command]);
  });

  it("has the source in the profile development, whatever its path holds", () => {
    const project = { ...guestbook.project, folder: '/a b,c"d' };
    const developed = applicationOf(withJobs({ ...guestbookInDevelopment, project }));
    expect(jobArguments({ application: developed }, serviceOf(developed, "clean"), "i")).toContain(
      '--mount=type=bind,"src=/a b,c""d",dst=/app',
    );
  });
});

describe("a host", () => {
  const { host } = guestbookOnHost("/srv");
  if (!host) throw new Error("the fixture has a host");
  const hosted = onHost(deployment, host);
  const settings = releaseSettings({ deployment: hosted, application: applicationOf(hosted) });

  it("is told when it runs, and for how long at most", () => {
    expect(settings.jobs["clean"]).toMatchObject({
      schedule: { text: "0 3 * * *", minutes: [0], hours: [3], eitherDay: false },
      timeLimit: 600,
      stopGrace: 30,
    });
    expect(settings.jobs["load"]).toMatchObject({ schedule: null });
    expect(settings.steps.slice(-3)).toEqual(["pages", "jobs", "prune"]);
    expect(settings.services.map(({ name }) => name)).not.toContain("clean");
    expect(settings.tasks).not.toHaveProperty("clean");
  });

  it("gives it the image of its own release, and that release's .env by standard input", () => {
    const words = settings.jobs["clean"]?.arguments ?? [];
    expect(words).toEqual(
      expect.arrayContaining([
        "--name=guestbook-clean",
        "--env=ENV_FILE=-",
        [{ value: "image.application" }],
      ]),
    );
    expect(words.filter((one) => JSON.stringify(one).includes("ENV_FILE"))).toHaveLength(1);
  });
});
