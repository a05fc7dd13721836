import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeProblem } from "../../config/errors";
import { loadDeployment } from "../../config/load";
import type { DeploymentInput } from "../../config/schema";
import { ROOT } from "../support/guestbook";
import { folderWith } from "../support/synthesis";

const PROJECT = { folder: join(ROOT, "examples/guestbook") };
const KEYS = {
  ".deployment/ssh/deploy_ed25519.pub": "ssh-ed25519 AAAAdeploy somebody@somewhere\n",
  ".deployment/ssh/host_ed25519.pub": "ssh-ed25519 AAAAhost\n",
};

type HostInput = NonNullable<DeploymentInput["host"]>;

let root: string;
beforeEach(() => {
  root = folderWith(KEYS);
});

function load(host: HostInput, more: Partial<DeploymentInput> = {}): ReturnType<typeof loadDeployment> {
  return loadDeployment({ project: PROJECT, ...more, host }, root);
}

/** The messages of a deployment that is refused. */
function complaints(host: unknown, more: Partial<DeploymentInput> = {}): string[] {
  try {
    load(host as HostInput, more);
  } catch (error) {
    return (error as { problems: Parameters<typeof describeProblem>[0][] }).problems.map(describeProblem);
  }
  return [];
}

it("needs a region and nothing else", () => {
  expect(load({ region: "eu-central-1" }).deployment.host).toEqual({
    region: "eu-central-1",
    zone: "eu-central-1a",
    instanceType: { name: "t4g.small", memory: 2048, processors: 2, architecture: "arm64" },
    // memory-budget.test.ts has the figures.
    budget: expect.any(Object) as object,
    rootDisk: 16,
    dataDisk: 20,
    ssh: { networks: [], byRunner: false },
    backupDays: 14,
    tags: {},
    keys: {
      deploy: { file: join(root, ".deployment/ssh/deploy_ed25519"), publicKey: "ssh-ed25519 AAAAdeploy" },
      host: { file: join(root, ".deployment/ssh/host_ed25519"), publicKey: "ssh-ed25519 AAAAhost" },
    },
  });
});

it("is not there without its section, and asks for no keys then", () => {
  rmSync(join(root, ".deployment"), { recursive: true });
  expect(loadDeployment({ project: PROJECT }, root).deployment.host).toBeUndefined();
});

it("opens port 22 to whom the user says", () => {
  expect(load({ region: "eu-west-1", ssh: "anywhere" }).deployment.host?.ssh.networks).toEqual(["0.0.0.0/0"]);
  const ssh = ["192.0.2.0/24", "198.51.100.7/32"];
  expect(load({ region: "eu-west-1", ssh }).deployment.host?.ssh.networks).toEqual(ssh);
});

it("keeps no backups when told so", () => {
  expect(load({ region: "eu-west-1", backups: false }).deployment.host?.backupDays).toBeUndefined();
});

describe("what is wrong gets one message that says what to write", () => {
  const region = "eu-central-1";
  it.each<[unknown, RegExp, RegExp]>([
    [
      { region: "eu-centrl-1" },
      /host\.region is "eu-centrl-1", which AWS doesn't have/,
      /did you mean "eu-central-1"/,
    ],
    [{ region: "Frankfurt" }, /host\.region is "Frankfurt"/, /eu-central-1/],
    [{}, /host\.region is missing/, /region: "eu-central-1"/],
    [
      { region, instanceType: "t4g.smal" },
      /"t4g\.smal", which AWS doesn't have/,
      /did you mean "t4g\.small"/,
    ],
    [
      { region, instanceType: "t3.small", architecture: "arm64" },
      /host\.architecture is "arm64", but t3\.small is amd64/,
      /remove the line/,
    ],
    [
      { region, zone: "eu-west-1a" },
      /host\.zone is "eu-west-1a", which is no zone of eu-central-1/,
      /describe-availability-zones/,
    ],
    [{ region, ssh: ["192.0.2.7"] }, /host\.ssh\[0\] is "192\.0\.2\.7"/, /write "192\.0\.2\.7\/32"/],
    [{ region, ssh: ["192.0.2.0/33"] }, /host\.ssh\[0\] is "192\.0\.2\.0\/33"/, /correct it/],
    [{ region, ssh: ["192.0.2.7/24"] }, /bits beyond its length/, /write "192\.0\.2\.0\/24"/],
    [
      { region, ssh: ["192.0.2.0/24", "0.0.0.0/0"] },
      /host\.ssh\[1\] is "0\.0\.0\.0\/0", which is every address/,
      /ssh: "anywhere"/,
    ],
    [{ region, ssh: "everybody" }, /host\.ssh is "everybody"/, /nobody/],
    [
      { region, domain: "https://example.org/" },
      /host\.domain is "https:\/\/example\.org\/"/,
      /domain: "example\.org"/,
    ],
    [{ region, domain: "localhost" }, /host\.domain is "localhost"/, /app\.example\.org/],
    [
      { region, instanceType: "t4g.nano" },
      /"t4g\.nano", whose 512 MiB are too few/,
      /instanceType: "t4g\.micro"/,
    ],
    [{ region, backups: 0 }, /host\.backups is 0/, /backups/],
    [{ region, dataDisk: 4 }, /host\.dataDisk is 4/, /dataDisk: 8/],
    [{ region, tags: { "aws:x": "y" } }, /host\.tags/, /./],
    [{ region, accessKey: "AKIA" }, /host\.accessKey is an unknown key/, /./],
  ])("%j", (host, what, fix) => {
    const found = complaints(host);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(what);
    expect(found[0]).toMatch(fix);
  });

  it("all at once", () => {
    const host = { region: "eu-centrl-1", instanceType: "t4g.smal", ssh: ["0.0.0.0/0"], rootDisk: 1 };
    expect(complaints(host)).toHaveLength(4);
  });

  it("a budget that the user has overdrawn names the smallest type that fits", () => {
    expect(complaints({ region }, { web: { memory: 1024 } })).toEqual([
      expect.stringMatching(/host\.instanceType is "t4g\.small"[^]*instanceType: "t4g\.medium"/),
    ]);
  });

  it("a local figure into which nothing fits", () => {
    expect(complaints(undefined, { local: { memory: 1024 }, web: { memory: 512 } })).toEqual([
      expect.stringMatching(/local\.memory is 1024/),
    ]);
    expect(complaints(undefined, { web: { memory: 4096 } })).toEqual([]);
  });
});

describe("where the host was made", () => {
  const made = (region: string, name = "guestbook"): void =>
    writeFileSync(
      join(root, "deployment.aws.json"),
      JSON.stringify({ name, account: "123456789012", region }),
    );

  it("names the account that its stacks are for", () => {
    expect(load({ region: "eu-central-1" }).deployment.host?.account).toBeUndefined();
    made("eu-central-1");
    expect(load({ region: "eu-central-1" }).deployment.host?.account).toBe("123456789012");
  });

  it("is the only region from then on", () => {
    made("eu-west-1");
    expect(complaints({ region: "eu-central-1" })).toEqual([
      expect.stringMatching(
        /host\.region is "eu-central-1", and the host of guestbook was made in eu-west-1/,
      ),
    ]);
  });

  it("has the only name of this folder's deployment", () => {
    made("eu-central-1", "another");
    expect(complaints({ region: "eu-central-1" })).toEqual([
      expect.stringMatching(
        /name is "guestbook", and the host of this folder was made with the name "another"[^]*write name: "another"/,
      ),
    ]);
  });

  it("is told together with everything else that is wrong", () => {
    writeFileSync(join(root, "deployment.aws.json"), "{}");
    expect(complaints({ region: "eu-nowhere-1" }).map((line) => line.split(" ")[1])).toEqual([
      "deployment.aws.json",
      "host.region",
    ]);
  });
});

describe("the keys", () => {
  it("that are missing or in another form are named, with the command that makes them", () => {
    rmSync(join(root, ".deployment/ssh/deploy_ed25519.pub"));
    writeFileSync(join(root, ".deployment/ssh/host_ed25519.pub"), "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    expect(complaints({ region: "eu-central-1" })).toEqual([
      expect.stringMatching(/deploy_ed25519\.pub is no public ssh key: there is no such file[^]*make keys/),
      expect.stringMatching(/host_ed25519\.pub is no public ssh key: it is in another form/),
    ]);
  });

  it("are no matter for what doesn't need them", () => {
    rmSync(join(root, ".deployment"), { recursive: true });
    const input = { project: PROJECT, host: { region: "eu-central-1" } };
    expect(loadDeployment(input, root, { withKeys: false }).deployment.host?.region).toBe("eu-central-1");
  });

  it("may be the user's own", () => {
    writeFileSync(join(root, "mine.pub"), "ssh-rsa AAAAmine\n");
    chmodSync(join(root, "mine.pub"), 0o644);
    expect(
      load({ region: "eu-central-1", sshKeys: { deploy: "mine" } }).deployment.host?.keys.deploy,
    ).toEqual({ file: join(root, "mine"), publicKey: "ssh-rsa AAAAmine" });
    expect(complaints({ region: "eu-central-1", sshKeys: { deploy: "other" } })).toEqual([
      expect.stringMatching(/host\.sshKeys\.deploy is no public ssh key/),
    ]);
  });
});
