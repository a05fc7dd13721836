import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GitHubClient } from "../../cli/github/client";
import { seal } from "../../cli/github/seal";
import type { Deployment } from "../../config/deployment";
import { FakeGitHub } from "../../rehearsal/github/fake-github";
import { addHostStacks } from "../../synth/add-host-stacks";
import { pipelineOf, secretValuesOf } from "../../synth/pipeline";
import { MINUTE } from "../e2e/support/counts";
import type { StackJson } from "../support/assertions";
import { describeWithGitHubProvider } from "../support/github";
import { ROOT, guestbookOnGitHub } from "../support/guestbook";
import { filesBelow, programFolder, synthesized, temporaryFolder } from "../support/synthesis";
import { TerraformFolder } from "../support/terraform";

const WORKFLOW = "on: push # ${{ secrets.KEY }} %{ if true } $${x}\njobs: {}\n";

/** What is in the repository; the last one changes whenever another one does. */
const FILES = [
  { path: "deploy/stack.yaml", content: "services: {}\n", executable: false },
  { path: "deploy/host/release", content: '#!/bin/sh\necho "${1:-}" \\$ `id`\n', executable: true },
  { path: "deploy/MANIFEST", content: "1\n", executable: false },
  { path: ".github/workflows/deploy.yml", content: WORKFLOW, executable: false },
];
let files = FILES;
jest.mock("../../synth/repository/repository-files", () => ({ repositoryFilesOf: () => ({ files }) }));

/** The real program; execa, an ES module, can't be loaded here. */
jest.mock("../../cli/computer/process", () => ({
  run: (command: string, args: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", input: "" });
    return Promise.resolve({ status: status ?? -1, stdout, stderr, missing: false });
  },
}));

const PLANTED = "planted-9f2c";
const ENV = `SECRET_KEY='${PLANTED} $x \`y\` é'\n`;

describeWithGitHubProvider()("the stack of the pipeline, on the fake GitHub", () => {
  const root = programFolder();
  const data = temporaryFolder();
  const users = { hubot: 77 };
  let github: FakeGitHub;
  let deployment: Deployment;

  beforeAll(async () => {
    github = await FakeGitHub.start({ root: ROOT, owner: "octocat", name: "guestbook", users });
    const { host, project, ...rest } = guestbookOnGitHub(root, { reviewers: ["hubot"] });
    if (!host) throw new Error("the guestbook has no machine");
    const { file } = host.keys.deploy;
    mkdirSync(dirname(file), { recursive: true });
    spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
    const deploy = { file, publicKey: readFileSync(`${file}.pub`, "utf8").trim() };
    const path = join(root, ".env");
    writeFileSync(path, ENV);
    deployment = {
      ...rest,
      host: { ...host, keys: { ...host.keys, deploy } },
      project: { ...project, envFile: { path, hash: "" } },
    };
    await sealAndSynth();
    pretend("host-data");
    pretend("host");
  });
  afterAll(() => github.stop());

  async function sealAndSynth(): Promise<void> {
    if (!deployment.github) throw new Error("the guestbook has no repository");
    const client = new GitHubClient({ github: deployment.github, token: github.token, api: github.url });
    await seal({ root, deployment, github: deployment.github, client, values: secretValuesOf(deployment) });
    const pipeline = await pipelineOf({
      deployment,
      projectFiles: { requirements: [], projectFiles: [] },
      root,
    });
    synthesized(deployment, { root, hostStacks: addHostStacks, pipeline });
    // Between two changes the provider waits a second, for GitHub's sake.
    const override = { provider: { github: [{ write_delay_ms: 1 }] } };
    writeFileSync(join(folder("pipeline"), "fake_override.tf.json"), JSON.stringify(override));
  }

  function folder(name: string): string {
    return join(root, "cdktf.out", "stacks", name);
  }

  /** A state that has the outputs of a stack and nothing else: what the pipeline reads. */
  function pretend(name: string): void {
    const json = JSON.parse(readFileSync(join(folder(name), "cdk.tf.json"), "utf8")) as StackJson;
    const value = (output: string): string =>
      output.endsWith("arn") ? "arn:aws:iam::1:role/r" : "192.0.2.1";
    const outputs = Object.fromEntries(
      Object.keys(json.output ?? {}).map((output) => [output, { value: value(output), type: "string" }]),
    );
    const file = join(root, ".deployment", "state", `${name}.tfstate`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      JSON.stringify({ version: 4, serial: 1, lineage: "pretended", outputs, resources: [] }),
    );
  }

  /**
   * Terraform needs a process of its own that doesn't keep this one from answering as GitHub.
   *
   * @throws with what Terraform says when it fails
   */
  function terraform(...args: string[]): Promise<string> {
    return new TerraformFolder(folder("pipeline"), data, github.environment).runBeside(...args);
  }

  const main = () => github.repository.branch("main");
  const runs = (): string[] => main().runs.map(({ message }) => message);

  it(
    "applies: environment, secrets, variables and files, and one run",
    async () => {
      await terraform("init");
      await terraform("apply", "-auto-approve");
      const environment = github.repository.environment("production");
      expect([...environment.policies.values()]).toEqual(["main"]);
      expect(environment.reviewers).toEqual([77]);
      const secret = (name: string): string | undefined => environment.open(name)?.toString();
      expect(secret("HOST")).toBe("192.0.2.1");
      expect(secret("KNOWN_HOSTS")).toBe(`192.0.2.1 ${deployment.host?.keys.host.publicKey ?? ""}`);
      expect(secret("ENV_VARS")).toBe(ENV);
      expect(secret("KEY")).toBe(readFileSync(deployment.host?.keys.deploy.file ?? "", "utf8"));
      expect([...environment.variables].map(([name, { value }]) => [name, value]).sort()).toEqual([
        ["AWS_REGION", "eu-central-1"],
        ["RUNNER_ROLE", "arn:aws:iam::1:role/r"],
        ["SECURITY_GROUP", "192.0.2.1"],
      ]);
      const { files: there } = main().head;
      for (const { path, content } of FILES) expect(there.get(path)?.toString()).toBe(content);
      expect(runs()).toEqual(["Deployment of guestbook: .github/workflows/deploy.yml"]);
    },
    15 * MINUTE,
  );

  it(
    "has nothing to do after that, also when all is sealed and synthesized again",
    async () => {
      await terraform("plan", "-detailed-exitcode");
      await sealAndSynth();
      await terraform("plan", "-detailed-exitcode", "-out=plan");
    },
    15 * MINUTE,
  );

  it("has neither the key nor a value of .env in state, plan or stack", async () => {
    const key = readFileSync(deployment.host?.keys.deploy.file ?? "", "utf8").split("\n")[1] ?? "";
    const holding = (text: string): string[] =>
      [...filesBelow(root)].filter(([, bytes]) => bytes.includes(text)).map(([path]) => path);
    const plan = await terraform("show", "-json", "plan");
    expect(plan).toContain("encrypted_value");
    expect(plan).not.toContain(PLANTED);
    expect(plan).not.toContain(key);
    expect(existsSync(join(root, ".deployment/state/pipeline.tfstate"))).toBe(true);
    expect(holding(PLANTED)).toEqual([".env"]);
    expect(holding(key)).toEqual([".deployment/ssh/deploy_ed25519"]);
  });

  it(
    "starts one run for all that has changed, and changes only that",
    async () => {
      files = FILES.map((file) =>
        file.path.endsWith("stack.yaml") || file.path.endsWith("deploy.yml")
          ? { ...file, content: `${file.content}# changed\n` }
          : file,
      );
      const before = main().messages.length;
      await sealAndSynth();
      await terraform("apply", "-auto-approve");
      expect(main().messages.slice(before)).toEqual([
        "Deployment of guestbook: deploy/stack.yaml [skip ci]",
        "Deployment of guestbook: .github/workflows/deploy.yml",
      ]);
      expect(runs()).toHaveLength(2);
    },
    15 * MINUTE,
  );

  it(
    "is gone after a destroy, which starts no run",
    async () => {
      await terraform("destroy", "-auto-approve");
      expect(github.repository.environments.size).toBe(0);
      expect([...main().head.files.keys()]).toEqual(["README.md"]);
      expect(runs()).toHaveLength(2);
    },
    15 * MINUTE,
  );

  it("asked GitHub for nothing that GitHub doesn't describe", () => expect(github.violations).toEqual([]));
});
