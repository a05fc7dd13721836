import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dockerRegistry, registryConfiguration } from "../support/docker-registry";
import { docker, NGINX_IMAGE } from "./support/nginx";
import { pause } from "./support/web-containers";

jest.setTimeout(300_000);

/** A port of the loopback address: engines trust a registry there without a certificate. */
const ADDRESS = `127.0.0.1:${20_000 + (process.pid % 10_000)}`;
const NAME = `${ADDRESS}/refresh-test:1`;
const CONTAINER = `refresh-test-${process.pid}`;
const NEWER =
  "sed -i '/^Package: tzdata$/,/^Version:/ s/^Version: .*/Version: 2099z-1/' /var/lib/dpkg/status";

let folder: string;
let registry: ChildProcess | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "registry-"));
  writeFileSync(join(folder, "config.yml"), registryConfiguration(ADDRESS, join(folder, "data")));
  registry = spawn(dockerRegistry(), ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(`http://${ADDRESS}/v2/`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    await pause(100);
  }
  docker("tag", NGINX_IMAGE, NAME);
  docker("push", "--quiet", NAME);
});
afterAll(async () => {
  await stop();
  spawnSync("docker", ["rm", "--force", CONTAINER]);
  const ours = [
    "image",
    "ls",
    "--all",
    "--digests",
    "--format",
    "{{.Repository}}@{{.Digest}}",
    `${ADDRESS}/refresh-test`,
  ];
  const digests = docker(...ours)
    .split("\n")
    .filter((line) => line.includes("sha256"));
  for (const image of [NAME, ...digests]) spawnSync("docker", ["image", "rm", image]);
  rmSync(folder, { recursive: true });
});

const idOf = (name: string): string => docker("image", "inspect", "--format", "{{.Id}}", name).trim();

describe("fetching base images from a real registry", () => {
  let pinned = "";

  it("leaves an image that is as it was under its name", () =>
    expect(fetchAnew()).toEqual({ pinned: {}, count: expect.any(Number) as number, changes: [] }));

  it("uses a newer one by its digest, says what differs, and leaves the name with the one before", () => {
    const before = idOf(NAME);
    publishNewer();
    const { count, ...found } = fetchAnew();
    pinned = found.pinned[NAME] ?? "";
    expect(pinned).toMatch(new RegExp(`^${NAME}@sha256:[0-9a-f]{64}$`));
    expect(found.changes).toEqual([expect.stringMatching(/^base: tzdata \S+ → 2099z-1$/)]);
    expect(count).toBeGreaterThan(50);
    expect(idOf(NAME)).toBe(before);
    expect(idOf(pinned)).not.toBe(before);
  });

  it("keeps the digest as long as there is nothing newer", () =>
    expect(fetchAnew(pinned)).toMatchObject({ pinned: { [NAME]: pinned }, changes: [] }));

  it("changes nothing when the registry is away; what runs by a digest needs none", async () => {
    await stop();
    const { status, stderr } = fetching(pinned);
    expect(status).toBe(1);
    expect(stderr).toContain(`${NAME} could not be fetched: `);
    expect(stderr).toContain("Nothing was changed");
    const version = ["dpkg-query", "--show", "--showformat=${Version}", "tzdata"];
    expect(
      docker(
        "run",
        "--rm",
        "--network",
        "none",
        "--entrypoint",
        version[0] ?? "",
        pinned,
        ...version.slice(1),
      ),
    ).toBe("2099z-1");
  });
});

interface Fetched {
  readonly pinned: Readonly<Record<string, string>>;
  readonly count: number;
  readonly changes: readonly string[];
}

function fetching(...pinned: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync("python3", ["-B", join(__dirname, "support/fetch.py"), NAME, ...pinned], {
    encoding: "utf8",
  });
}

function fetchAnew(...pinned: string[]): Fetched {
  const { status, stdout, stderr } = fetching(...pinned);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Fetched;
}

/** The registry has another image of this name from now on; the engine does not know it. */
function publishNewer(): void {
  const before = idOf(NAME);
  docker(
    "run",
    "--name",
    CONTAINER,
    "--network",
    "none",
    "--user",
    "0:0",
    "--entrypoint",
    "sh",
    NAME,
    "-c",
    NEWER,
  );
  docker("commit", CONTAINER, NAME);
  docker("push", "--quiet", NAME);
  const newer = idOf(NAME);
  docker("tag", before, NAME);
  docker("rm", CONTAINER);
  const digests = docker("image", "inspect", "--format", '{{join .RepoDigests " "}}', newer)
    .trim()
    .split(" ");
  docker("image", "rm", ...digests);
}

async function stop(): Promise<void> {
  if (registry?.exitCode !== null || registry.signalCode !== null) return;
  const ended = once(registry, "exit");
  registry.kill("SIGTERM");
  await ended;
}
