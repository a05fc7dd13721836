import type { Service } from "../../../application/service";
import { tmpfs, volumeMount } from "../../../application/volume";
import { containerConfiguration } from "../../../constructs/docker/container-configuration";
import { Files } from "../../../constructs/files";
import { applicationWith, plainService } from "../../support/services";
import { folderWith } from "../../support/synthesis";

const root = folderWith({ "assets/a.sh": "", "project/manage.py": "" });
const files = new Files({ root, outdir: `${root}/cdktf.out` });

function configurationOf(
  service: Partial<Service>,
  processesOf?: string,
): ReturnType<typeof containerConfiguration> {
  const whole = { ...plainService, ...service };
  return containerConfiguration({
    application: applicationWith(whole),
    service: whole,
    files,
    imageId: "sha256:1",
    processesOf,
  });
}

describe("containerConfiguration", () => {
  it("gives nothing that a service does not ask for", () =>
    expect(configurationOf({})).toEqual({
      name: "",
      image: "sha256:1",
      entrypoint: undefined,
      command: undefined,
      env: [],
      user: "10001:10001",
      readOnly: true,
      init: false,
      capabilities: { drop: ["ALL"], add: [] },
      securityOpts: ["no-new-privileges"],
      memory: 64,
      memorySwap: 64,
      networkMode: "guestbook",
      pidMode: undefined,
      mounts: [],
      upload: [],
      ports: [],
      restart: "always",
      stopTimeout: 30,
      destroyGraceSeconds: 30,
      healthcheck: undefined,
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      labels: [
        { label: "django-deployment.name", value: "guestbook" },
        { label: "django-deployment.role", value: "web" },
      ],
    }));

  it("names a container only when it is the only one of its kind", () =>
    expect(configurationOf({ role: "nginx", singleton: true }).name).toBe("guestbook-nginx"));

  it("keeps a task from starting again", () => expect(configurationOf({ kind: "task" }).restart).toBe("no"));

  it("gives a service without a network none at all", () =>
    expect(configurationOf({ networked: false }).networkMode).toBe("none"));

  it("joins the process namespace of another container", () =>
    expect(configurationOf({}, "0123").pidMode).toBe("container:0123"));

  it("spells capabilities as the engine reports them, since another spelling replaces the container each time", () =>
    expect(configurationOf({ capabilities: ["CHOWN"] }).capabilities).toEqual({
      drop: ["ALL"],
      add: ["CAP_CHOWN"],
    }));

  it("escapes what Terraform would read as an expression, wherever a text comes from outside", () => {
    const configuration = configurationOf({
      entrypoint: ["${A}"],
      command: ["%{B}"],
      environment: { KEY: "${C}" },
      healthCheck: { command: ["${D}"], interval: 1, timeout: 90, retries: 5, startPeriod: 3600 },
    });
    expect(configuration).toMatchObject({
      entrypoint: ["$${A}"],
      command: ["%%{B}"],
      env: ["KEY=$${C}"],
      healthcheck: {
        test: ["CMD", "$${D}"],
        interval: "1s",
        timeout: "1m30s",
        retries: 5,
        startPeriod: "1h0m0s",
      },
    });
  });

  it("renders every kind of mount", () => {
    const { mounts } = configurationOf({
      mounts: [
        volumeMount("run", "/run/web"),
        volumeMount("secrets", "/run/secrets", true),
        tmpfs("/tmp", 64),
        { type: "bind", source: `${root}/project`, target: "/app", readOnly: false },
      ],
    });
    expect(mounts).toEqual([
      { type: "volume", target: "/run/web", source: "guestbook-run", readOnly: false },
      { type: "volume", target: "/run/secrets", source: "guestbook-secrets", readOnly: true },
      { type: "tmpfs", target: "/tmp", tmpfsOptions: { sizeBytes: 64 * 1024 * 1024, mode: 0o1777 } },
      { type: "bind", target: "/app", source: '${abspath("../../../project")}', readOnly: false },
    ]);
  });

  it("uploads a file by its path and hash, so that its bytes are in no JSON", () => {
    const { upload } = configurationOf({
      files: [
        { target: "/upload/a.sh", source: { asset: "a.sh" }, executable: true },
        { target: "/upload/env", source: { path: `${root}/.env`, hash: "abc" }, executable: false },
      ],
    });
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    expect(upload).toEqual([
      { file: "/upload/a.sh", source: "../../application/assets/a.sh", sourceHash: empty, executable: true },
      { file: "/upload/env", source: "../../../.env", sourceHash: "abc", executable: false },
    ]);
  });

  it("publishes ports on the address that is asked for", () =>
    expect(
      configurationOf({ ports: [{ address: "127.0.0.1", external: 80, internal: 8080 }] }).ports,
    ).toEqual([{ ip: "127.0.0.1", external: 80, internal: 8080 }]));

  it("labels the container with what makes a new one necessary", () =>
    expect(configurationOf({ revisions: { env: "abc" } }).labels).toContainEqual({
      label: "django-deployment.revision.env",
      value: "abc",
    }));

  it("refuses a volume that the application does not have", () => {
    const service = { ...plainService, mounts: [volumeMount("run", "/run/web")] };
    const application = { ...applicationWith(service), volumes: [] };
    expect(() => containerConfiguration({ application, service, files, imageId: "sha256:1" })).toThrow(
      'the application has no volume "run"',
    );
  });
});
