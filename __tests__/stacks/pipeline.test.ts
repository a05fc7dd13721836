import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GitHub } from "../../config/github";
import type { Host } from "../../config/host";
import { SshAccess } from "../../config/host";
import { SEALED_FILE, sealedHash } from "../../config/files/sealed";
import { addHostStacks } from "../../synth/add-host-stacks";
import { pipelineOf } from "../../synth/pipeline";
import { type StackJson, addressesOf, resourceAt } from "../support/assertions";
import { guestbookOnGitHub } from "../support/guestbook";
import { HOST_STACKS, STACKS, type Synthesis, programFolder, synthesized } from "../support/synthesis";

const FILES = [
  {
    path: ".github/workflows/deploy.yml",
    content: "on: push # ${{ secrets.KEY }} %{ if }\n",
    executable: false,
  },
  { path: "deploy/MANIFEST", content: "0  deploy.yml\n", executable: false },
];
// The stack, not what is in the repository, is tested here.
jest.mock("../../synth/repository/repository-files", () => ({ repositoryFilesOf: () => ({ files: FILES }) }));

const NO_FILES = { requirements: [], projectFiles: [] };
const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nplanted\n";

async function synthesizedWith(github: Partial<GitHub> = {}, host: Partial<Host> = {}): Promise<Synthesis> {
  const root = programFolder();
  const deployment = guestbookOnGitHub(root, github, host);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  write(deployment.host?.keys.deploy.file ?? "", KEY);
  const file = { keyId: "1", hashKey: "00ff" };
  const hash = sealedHash(file, "KEY", Buffer.from(KEY));
  write(
    join(root, SEALED_FILE),
    JSON.stringify({
      ...file,
      repository: "octocat/guestbook",
      environment: "production",
      subject: "repo:octocat/guestbook",
      secrets: { KEY: { hash, ciphertext: "c2VhbGVk" } },
    }),
  );
  const pipeline = await pipelineOf({ deployment, projectFiles: NO_FILES, root });
  return synthesized(deployment, { root, hostStacks: addHostStacks, pipeline });
}

/** What people's pipelines are known by. A change here needs a `moved` block. */
const ADDRESSES = [
  "github_actions_environment_secret.secrets_HOST_EDC9F709",
  "github_actions_environment_secret.secrets_KEY_9DAD31E1",
  "github_actions_environment_secret.secrets_KNOWN_HOSTS_F5D0E8C2",
  "github_actions_environment_variable.variables_AWS_REGION_EAD738AE",
  "github_actions_environment_variable.variables_RUNNER_ROLE_E5C94C52",
  "github_actions_environment_variable.variables_SECURITY_GROUP_6B96A6A0",
  "github_repository_environment.environment_782F3C0C",
  "github_repository_environment_deployment_policy.environment_branch_EE6344BD",
  "github_repository_file.files_deploy_MANIFEST_279c12_6111CB6F",
  "github_repository_file.files_github_workflows_deploy_yml_28802f_1B2E191E",
  "output.runs",
];

function stackOf(synthesis: Synthesis): StackJson {
  return synthesis.stack("pipeline");
}

describe("the stack of the pipeline", () => {
  let synthesis: Synthesis;
  beforeAll(async () => {
    synthesis = await synthesizedWith();
  });

  it("is", () => expect(stackOf(synthesis)).toMatchSnapshot());

  it("has these addresses and no other", () => expect(addressesOf(stackOf(synthesis))).toEqual(ADDRESSES));

  it("talks to GitHub as the owner of the repository, with no token in it", () => {
    expect(stackOf(synthesis).provider).toMatchObject({ github: [{ owner: "octocat" }] });
    expect(JSON.stringify(stackOf(synthesis))).not.toMatch(/token"|planted/);
    expect(stackOf(synthesis).terraform?.["required_providers"]).toMatchObject({
      github: { source: "integrations/github", version: ">= 6.9.0, < 7.0.0" },
    });
  });

  it("gives Terraform the files letter by letter", () => {
    const { content } = resourceAt(
      stackOf(synthesis),
      ADDRESSES.find((address) => address.includes("workflows")) ?? "",
    );
    const [, path = ""] = /^\$\{file\("(.*)"\)\}$/.exec(String(content)) ?? [];
    expect(path).toMatch(/^\.\.\/\.\.\/pipeline\/repository\//);
    expect(readFileSync(join(synthesis.folder, "stacks", "pipeline", path), "utf8")).toBe(FILES[0]?.content);
  });

  it("comes after the machine", () => {
    const { stacks } = JSON.parse(String(synthesis.files().get("manifest.json"))) as {
      stacks: Record<string, { dependencies: string[] }>;
    };
    expect(Object.keys(stacks).sort()).toEqual([...STACKS, ...HOST_STACKS, "pipeline"].sort());
    expect(stacks["pipeline"]?.dependencies).toEqual(["host-data", "host"]);
  });

  it("has no variables where the runner needs no way in", async () => {
    const open = await synthesizedWith({}, { ssh: SshAccess.ANYWHERE });
    expect(addressesOf(stackOf(open))).toEqual(ADDRESSES.filter((address) => !address.includes("variable")));
  });

  it("keeps its state where the others do", async () => {
    const shared = await synthesizedWith({}, { stateBucket: "team-terraform" });
    expect(stackOf(shared).terraform?.["backend"]).toMatchObject({
      s3: { bucket: "team-terraform", key: "guestbook/pipeline.tfstate", use_lockfile: true },
    });
  });
});

describe("without sealed secrets", () => {
  const root = programFolder();
  const deployment = guestbookOnGitHub(root);
  const sources = { deployment, projectFiles: NO_FILES, root };

  it("there is one message that says what to type", () =>
    expect(pipelineOf(sources)).rejects.toThrow(
      /sealed\.json is without the secrets of octocat\/guestbook[^]*make seal/,
    ));

  it("the stack is left out where nobody asked for it", async () =>
    expect(await pipelineOf({ ...sources, optional: true })).toBeUndefined());

  it("nothing is read where there is no repository", async () =>
    expect(
      await pipelineOf({ ...sources, deployment: { ...deployment, github: undefined } }),
    ).toBeUndefined());
});
