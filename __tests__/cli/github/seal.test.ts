import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GitHubClient } from "../../../cli/github/client";
import { LARGEST_SECRET, type SealedNow, seal } from "../../../cli/github/seal";
import type { Deployment } from "../../../config/deployment";
import type { GitHub } from "../../../config/github";
import { SEALED_FILE, ciphertextsOf, readSealed } from "../../../config/files/sealed";
import { FakeGitHub } from "../../../rehearsal/github/fake-github";
import { secretValuesOf } from "../../../synth/pipeline";
import { ROOT, guestbookOnGitHub } from "../../support/guestbook";
import { temporaryFolder } from "../../support/synthesis";

/** The real program; execa, an ES module, can't be loaded here. */
jest.mock("../../../cli/computer/process", () => ({
  run: (command: string, args: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", input: "" });
    return Promise.resolve({ status: status ?? -1, stdout, stderr, missing: false });
  },
}));

const ENV = 'SECRET_KEY=\'a$b`c`\\"#=é漢\'\nMULTI="one\ntwo"\n';

let github: FakeGitHub;
let root: string;
let deployment: Deployment;

beforeEach(async () => {
  github = await FakeGitHub.start({ root: ROOT, owner: "octocat", name: "guestbook" });
  root = temporaryFolder();
  deployment = deploymentWith(ENV);
});
afterEach(async () => {
  expect(github.violations).toEqual([]);
  await github.stop();
});

/** A deployment whose key and .env are there. */
function deploymentWith(env: string | undefined): Deployment {
  const { host, ...rest } = guestbookOnGitHub(root);
  if (!host) throw new Error("the guestbook has no machine");
  const { file } = host.keys.deploy;
  mkdirSync(dirname(file), { recursive: true });
  execFileSync("bash", ["-c", `[ -e "$0" ] || ssh-keygen -q -t ed25519 -N "" -C "" -f "$0"`, file]);
  const publicKey = readFileSync(`${file}.pub`, "utf8").trim();
  const path = join(root, ".env");
  if (env !== undefined) writeFileSync(path, env);
  return {
    ...rest,
    host: { ...host, keys: { ...host.keys, deploy: { file, publicKey } } },
    project: { ...rest.project, envFile: env === undefined ? undefined : { path, hash: "" } },
  };
}

function sealNow(
  changes: Partial<GitHub> = {},
  { token = github.token, api = github.url }: { token?: string; api?: string } = {},
): Promise<SealedNow> {
  if (!deployment.github) throw new Error("the guestbook has no repository");
  const repository = { ...deployment.github, ...changes };
  const client = new GitHubClient({ github: repository, token: token === "" ? undefined : token, api });
  return seal({ root, deployment, github: repository, client, values: secretValuesOf(deployment) });
}

describe("sealing", () => {
  it("makes boxes that GitHub can open, byte for byte, and nobody else", async () => {
    expect(await sealNow()).toEqual({ KEY: "sealed", ENV_VARS: "sealed" });
    if (!deployment.github) throw new Error("the guestbook has no repository");
    const { KEY, ENV_VARS } = ciphertextsOf(readSealed(root), deployment.github, secretValuesOf(deployment));
    const environment = github.repository.environment("production");
    environment.keep("secrets", "KEY", KEY ?? "");
    environment.keep("secrets", "ENV_VARS", ENV_VARS ?? "");
    expect(environment.open("ENV_VARS")?.toString()).toBe(ENV);
    expect(environment.open("KEY")).toEqual(readFileSync(deployment.host?.keys.deploy.file ?? ""));
    const kept = readFileSync(join(root, SEALED_FILE), "utf8");
    expect(kept).not.toMatch(/SECRET_KEY|PRIVATE KEY/);
    expect(statSync(join(root, SEALED_FILE)).mode & 0o777).toBe(0o600);
  });

  it("keeps what GitHub says of the subject of its tokens", async () => {
    await sealNow();
    expect(readSealed(root)?.subject).toBe("repo:octocat@123456/guestbook@456789");
  });

  it("seals nothing twice, and only what has changed", async () => {
    await sealNow();
    const before = readFileSync(join(root, SEALED_FILE), "utf8");
    expect(await sealNow()).toEqual({ KEY: "unchanged", ENV_VARS: "unchanged" });
    expect(readFileSync(join(root, SEALED_FILE), "utf8")).toBe(before);
    deployment = deploymentWith("SECRET_KEY=other\n");
    expect(await sealNow()).toEqual({ KEY: "unchanged", ENV_VARS: "sealed" });
    deployment = deploymentWith(undefined);
    expect(await sealNow()).toEqual({ KEY: "unchanged", ENV_VARS: "none" });
    expect(readSealed(root)?.secrets.ENV_VARS).toBeUndefined();
  });

  it("seals all anew when the environment has another key", async () => {
    await sealNow();
    github.repository.environments.delete("production");
    expect(await sealNow()).toEqual({ KEY: "sealed", ENV_VARS: "sealed" });
  });

  it("makes the environment when it is missing, and never touches one that is there", async () => {
    await sealNow();
    await sealNow();
    expect(github.asked.filter(({ method }) => method !== "GET")).toEqual([
      { method: "PUT", path: "/repos/octocat/guestbook/environments/production", status: 200 },
    ]);
  });
});

describe("what is wrong gets one message that says what to do", () => {
  it("a token that is missing", () =>
    expect(sealNow({}, { token: "" })).rejects.toThrow(/GITHUB_TOKEN is missing[^]*make pipeline-files/));

  it("a token that is none", () =>
    expect(sealNow({}, { token: "ghp_old" })).rejects.toThrow(
      /GITHUB_TOKEN is refused by GitHub \(Bad credentials\)/,
    ));

  it("a token without rights", async () => {
    github.refuse = (method) =>
      method === "PUT"
        ? { status: 403, message: "Resource not accessible by personal access token" }
        : undefined;
    await expect(sealNow()).rejects.toThrow(
      /without the right to make environments of octocat\/guestbook \(Resource not accessible[^]*environments/,
    );
  });

  it("a repository that doesn't exist", () =>
    expect(sealNow({ repository: "blog" })).rejects.toThrow(
      /github\.repository is "octocat\/blog", which doesn't exist[^]*gh repo create/,
    ));

  it("a branch that nobody has pushed", () =>
    expect(sealNow({ branch: "live" })).rejects.toThrow(/"live", which octocat\/guestbook doesn't have/));

  it("a plan of GitHub without environments", async () => {
    github.refuse = (method) =>
      method === "PUT" ? { status: 422, message: "Not available on this plan" } : undefined;
    await expect(sealNow()).rejects.toThrow(
      /github\.environment is nothing that octocat\/guestbook can have/,
    );
  });

  it("an .env that is too large", async () => {
    deployment = deploymentWith(`A=${"x".repeat(LARGEST_SECRET)}\n`);
    await expect(sealNow()).rejects.toThrow(/\.env is \d+ bytes[^]*at most 49152/);
  });

  it("a key that doesn't match", async () => {
    const host = deployment.host;
    if (!host) throw new Error("the guestbook has no machine");
    const deploy = { ...host.keys.deploy, publicKey: "ssh-ed25519 AAAAother" };
    deployment = { ...deployment, host: { ...host, keys: { ...host.keys, deploy } } };
    await expect(sealNow()).rejects.toThrow(/deploy_ed25519 is another key than its \.pub says/);
  });

  it("GitHub out of reach", () =>
    expect(sealNow({}, { api: "http://127.0.0.1:9" })).rejects.toThrow(/127\.0\.0\.1:9 is not reachable/));

  it("an answer that nobody foresaw", async () => {
    github.refuse = () => ({ status: 500, message: "Unicorn" });
    await expect(sealNow()).rejects.toThrow(/without an answer to "see the files"[^]*500 Unicorn/);
  });
});
