import { execFileSync } from "node:child_process";
import { FakeAws } from "../../rehearsal/aws/fake-aws";
import { FakeGitHub } from "../../rehearsal/github/fake-github";
import { pythonPrograms } from "../support/aws";
import { describeWithGitHubProvider } from "../support/github";
import { ROOT } from "../support/guestbook";
import { HOST_STACKS } from "../support/synthesis";
import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { type Outcome, errorsOf } from "./support/run";

const ENV = "NASTY='a $b \"c\" # é'\n";

let aws: FakeAws;
let github: FakeGitHub;
let clone: Clone;

describeWithGitHubProvider()("make deploy, on the fake AWS and GitHub", () => {
  beforeAll(async () => {
    aws = await FakeAws.start({ programs: pythonPrograms("moto"), root: ROOT, quick: true });
    github = await FakeGitHub.start({ root: ROOT, owner: "octocat", name: "guestbook" });
    clone = await Clone.create("deploy");
    clone.configure({ host: { region: "eu-central-1" }, github: { repository: "octocat/guestbook" } });
    clone.write("examples/guestbook/.env", ENV);
    execFileSync("git", ["init", "-q"], { cwd: `${clone.folder}/examples/guestbook` });
  }, 15 * MINUTE);
  afterAll(async () => {
    // Undefined when they did not even start.
    await (aws as FakeAws | undefined)?.stop();
    await (github as FakeGitHub | undefined)?.stop();
  });

  const make = (target: string, token = github.token): Promise<Outcome> =>
    clone.make(target, {
      env: { ...aws.environment, GITHUB_TOKEN: token, GITHUB_API_URL: github.url, CI: "1" },
    });

  async function mustMake(target: string): Promise<string> {
    const outcome = await make(target);
    if (outcome.status !== 0) throw new Error(outcome.output);
    return outcome.output;
  }

  it(
    "a token that GitHub doesn't know is one error, and nothing is begun",
    async () => {
      const outcome = await make("deploy", "ghp_wrong");
      expect(outcome.status).not.toBe(0);
      expect(errorsOf(outcome)).toEqual([expect.stringContaining("GITHUB_TOKEN")]);
      expect(await aws.ec2("eu-central-1", "DescribeVolumes")).not.toContain("<volumeId>");
    },
    15 * MINUTE,
  );

  it(
    "a workflow of somebody else's in the way is one error, and nothing is begun",
    async () => {
      await mustMake("seal");
      const workflow = "examples/guestbook/.github/workflows/deploy.yml";
      clone.write(workflow, "on: push\n");
      const outcome = await make("deploy");
      expect(outcome.status).not.toBe(0);
      expect(errorsOf(outcome)).toEqual([expect.stringContaining(".github/workflows/deploy.yml is there")]);
      expect(clone.read(workflow)).toBe("on: push\n");
      expect(await aws.ec2("eu-central-1", "DescribeVolumes")).not.toContain("<volumeId>");
      clone.remove(workflow);
    },
    15 * MINUTE,
  );

  it(
    "makes machine and repository, starts one run, and has nothing to do when it is typed again",
    async () => {
      await mustMake("seal");
      await mustMake("synth");
      // From here on the stacks talk to the fake: a synth leaves this file where it is.
      for (const stack of HOST_STACKS) {
        const json = JSON.parse(clone.read(`cdktf.out/stacks/${stack}/cdk.tf.json`)) as object;
        clone.write(`cdktf.out/stacks/${stack}/fake_override.tf.json`, JSON.stringify(aws.overrideFor(json)));
      }
      const override = { provider: { github: [{ write_delay_ms: 1 }] } };
      clone.write("cdktf.out/stacks/pipeline/fake_override.tf.json", JSON.stringify(override));

      expect(await mustMake("deploy")).toContain("Each push to main of octocat/guestbook now goes live at");
      const environment = github.repository.environment("production");
      expect(environment.open("ENV_VARS")?.toString()).toBe(ENV);
      expect(environment.open("KEY")?.toString()).toBe(clone.read(".deployment/ssh/deploy_ed25519"));
      expect(environment.open("KNOWN_HOSTS")?.toString()).toContain(
        environment.open("HOST")?.toString() ?? "no address",
      );
      expect([...environment.variables.keys()].sort()).toEqual([
        "AWS_REGION",
        "RUNNER_ROLE",
        "SECURITY_GROUP",
      ]);
      const main = (): ReturnType<typeof github.repository.branch> => github.repository.branch("main");
      expect(main().runs).toHaveLength(1);
      expect([...main().head.files.keys()]).toEqual(
        expect.arrayContaining([".github/workflows/deploy.yml", "deploy/stack.yaml", "deploy/host/release"]),
      );

      const again = await mustMake("deploy");
      expect(again.match(/no changes/g)).toHaveLength(3);
      expect(main().runs).toHaveLength(1);
      expect(again + clone.read(".deployment/state/pipeline.tfstate")).not.toContain("NASTY");
    },
    15 * MINUTE,
  );
});
