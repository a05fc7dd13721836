import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Docker, DockerError } from "../../../cli/docker/docker";
import { engineProblem } from "../../../cli/preflight/preflight";

/** A docker command that prints what a test says. */
let folder: string;
const path = process.env["PATH"];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "docker-"));
  process.env["PATH"] = `${folder}:${path}`;
});
afterEach(() => {
  process.env["PATH"] = path;
  rmSync(folder, { recursive: true });
});

function says(status: number, stdout: string, stderr: string): Docker {
  writeFileSync(join(folder, "out"), stdout);
  writeFileSync(join(folder, "err"), stderr);
  writeFileSync(
    join(folder, "docker"),
    `#!/bin/sh\ncat '${folder}/out'; cat '${folder}/err' >&2; exit ${status}\n`,
    { mode: 0o755 },
  );
  return new Docker();
}

const VOLUME = '[{"Name": "shop-dbdata", "Labels": null}]';

/** What engines of 2020 and of today say of a volume and of a container that are missing. */
const MISSING = [
  "Error: No such volume: shop-media",
  "Error response from daemon: get shop-media: no such volume",
  "[]\nError response from daemon: No such container: shop-web\nError: No such object: shop-nginx",
].map((text) => text.replace("[]\n", ""));

it.each(MISSING)("what is missing is left out: %s", async (said) => {
  const there = await says(1, VOLUME, `WARNING: a file of settings\n${said}\n`).inspectVolumes(["a", "b"]);
  expect(there.map(({ name }) => name)).toEqual(["shop-dbdata"]);
  expect(await says(1, "[]\n", `${said}\n`).inspect(["a"])).toEqual([]);
});

it.each([
  [
    "the engine is down",
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is it running?",
  ],
  ["its name is unknown", "error during connect: dial tcp: lookup example.invalid: no such host"],
  ["it says nothing", ""],
  ["one is missing, then it goes down", `${MISSING[0] ?? ""}\nerror during connect: EOF`],
])("nothing is missing as long as the engine has not said so: %s", async (_what, said) => {
  await expect(says(1, "[]", said).inspectVolumes(["a"])).rejects.toThrow(DockerError);
  await expect(says(1, "[]", said).inspect(["a"])).rejects.toThrow(DockerError);
});

describe("an engine that does not answer", () => {
  beforeEach(() => {
    writeFileSync(join(folder, "docker"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
  });

  it("is waited for as long as its limit, and the error says so", async () => {
    const began = Date.now();
    await expect(new Docker(undefined, 1).containers()).rejects.toThrow(
      "docker ps -aq --no-trunc: docker did not end within 1 s",
    );
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  it("is told from one that is not there", async () => {
    const outcome = await new Docker(undefined, 1).try(["version"]);
    expect(engineProblem(outcome, undefined)).toMatchObject({
      place: "the Docker engine",
      value: expect.stringMatching(/^no answer within \d+ s/) as string,
    });
  });

  it("is waited for longer where a command says so", async () => {
    writeFileSync(join(folder, "docker"), "#!/bin/sh\nsleep 2; echo done\n", { mode: 0o755 });
    const { stdout } = await new Docker(undefined, 1).try(["logs", "--follow"], { timeout: 0 });
    expect(stdout).toBe("done");
  });
});
