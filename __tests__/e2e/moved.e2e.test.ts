import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { applicationOf } from "../../application/model";
import { onHost } from "../../application/on-host";
import type { Role } from "../../application/service";
import { serviceOf } from "../../application/application";
import { taskArguments } from "../../application/task-arguments";
import { readMachine } from "../../cli/machine";
import { loadDeployment } from "../../config/load";
import type { Disk } from "../../rehearsal/stand-in/disk";
import type { StandInHost } from "../../rehearsal/stand-in/host";
import { ROOT } from "../support/guestbook";
import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { Machines } from "./support/machines";

/** Seconds that a boot may take on a busy machine. */
const BOOT = 240;

/** Where the release's files lie on the host. */
const RELEASE = "/home/ubuntu/srv/ubuntu/release";

const HOST_INPUT = { region: "eu-central-1" };

let clone: Clone;
let machines: Machines;
let host: StandInHost;
let disk: Disk;

/** The guestbook on the stand-in, as a release brings it there: images, files, tasks and services in their order. */
async function release(): Promise<void> {
  const input = { name: clone.name, project: { folder: "examples/guestbook" }, host: HOST_INPUT };
  const { deployment } = loadDeployment(input, clone.folder);
  if (!deployment.host) throw new Error("the deployment has a host");
  const application = applicationOf(onHost(deployment, deployment.host));
  const built = readMachine(ROOT).images ?? {};
  const stack = clone.read("cdktf.out/host/stack.yaml");
  const applicationImage = new RegExp(`${clone.name}-web:[0-9a-f]{12}`).exec(stack)?.[0] ?? "";
  const images = {
    python: (official: string) => built.python ?? official,
    nginx: (official: string) => built.nginx ?? official,
    mariadb: (official: string) => built.mariadb ?? official,
    application: applicationImage,
  };
  const needed = application.services.map(({ image }) =>
    image.kind === "base" ? images[image.base](image.reference) : applicationImage,
  );
  for (const image of new Set(needed)) await host.load(image);
  await host.exec("mkdir", "-p", RELEASE);
  const copy = 'set -o pipefail; tar -C "$1" -c . | docker exec -i "$2" tar -C "$3" -x';
  execFileSync("bash", ["-c", copy, "copy", join(clone.folder, "cdktf.out"), host.name, RELEASE]);
  for (const { name } of application.volumes) await host.exec("docker", "volume", "create", name);

  const containers = new Map<string, string>();
  const run = async (role: Role): Promise<void> => {
    const task = taskArguments(application, serviceOf(application, role), {
      images,
      assets: `${RELEASE}/application/assets`,
      userFiles: RELEASE,
      containerOf: (of) => containers.get(of) ?? "",
    });
    await host.exec("docker", "run", ...task);
  };
  await run("secrets");
  const variables = Object.entries(built).map(([base, image]) => `${base.toUpperCase()}_IMAGE=${image}`);
  await host.exec(
    "env",
    ...variables,
    ...["docker", "stack", "deploy", "--detach=true", "--resolve-image=never"],
    ...["--compose-file", `${RELEASE}/host/stack.yaml`, clone.name],
  );
  await healthy("database");
  await run("nginx-check");
  await run("migrate");
  containers.set("nginx", await running("nginx"));
  await healthy("web");
  await run("nginx-config");
}

/** Id of a service's container, once it runs. */
async function running(role: string, filter = "status=running"): Promise<string> {
  const end = Date.now() + 3 * MINUTE;
  for (;;) {
    const label = `label=django-deployment.role=${role}`;
    const id = (await host.exec("docker", "ps", "-q", "--filter", label, "--filter", filter)).trim();
    if (id !== "") return id;
    if (Date.now() > end) {
      const { stdout } = await host.try("docker", "service", "ps", "--no-trunc", `${clone.name}_${role}`);
      const logs = await host.try("docker", "service", "logs", "--tail", "20", `${clone.name}_${role}`);
      throw new Error(`${role} is not ${filter}:\n${stdout}\n${logs.stdout}${logs.stderr}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const healthy = (role: string): Promise<string> => running(role, "health=healthy");

/** Asks the application from outside, as a visitor; waits until it answers. */
async function ask(path: string, options: string[] = []): Promise<Buffer> {
  const url = `http://${await host.address()}${path}`;
  const curl = ["-fsS", "--retry", "60", "--retry-delay", "1", "--retry-all-errors", "--max-time", "30"];
  return execFileSync("curl", [...curl, "-H", "Host: localhost", ...options, url], {
    maxBuffer: 1 << 24,
    stdio: "pipe",
  });
}

const entries = async (): Promise<unknown> => JSON.parse((await ask("/api/entries/")).toString()) as unknown;

beforeAll(async () => {
  clone = await Clone.create("moved");
  clone.configure({ host: HOST_INPUT });
  await clone.mustMake("keys");
  // Builds the image that the host gets.
  await clone.mustMake("up");
  machines = await Machines.prepare();
  disk = await machines.disk(6144);
  host = await machines.machine("moved-one", disk);
  await host.boot();
  await host.waitForStatus(/^ready$/, BOOT);
  await release();
}, 12 * MINUTE);

it(
  "the stack comes up on another machine with the rows and uploads that it had",
  async () => {
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
      "base64",
    );
    writeFileSync(join(clone.folder, "dot.png"), png);
    const form = [
      "-F",
      "name=Ada",
      "-F",
      "message=before",
      "-F",
      `image=@${clone.folder}/dot.png;type=image/png`,
    ];
    const { image } = JSON.parse((await ask("/api/entries/", form)).toString()) as { image: string };
    const upload = new URL(image).pathname;
    const before = { entries: await entries(), upload: await ask(upload) };
    expect(before.upload).toEqual(png);
    expect(before.entries).toMatchObject({ count: 1 });

    await host.powerCut();
    host = await machines.machine("moved-two", disk);
    await host.boot();
    await host.waitForStatus(/^ready$/, BOOT);
    expect({ entries: await entries(), upload: await ask(upload) }).toEqual(before);
    await ask("/api/entries/", ["-F", "name=Eve", "-F", "message=after"]);
    expect(await entries()).toMatchObject({ count: 2 });
  },
  8 * MINUTE,
);
