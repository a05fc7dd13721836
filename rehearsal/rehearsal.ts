import { provideBaseImages } from "../cli/preflight/base-images";
import { synthesizeWorkspace } from "../cli/workspace/synthesis";
import { knownHosts } from "../cli/host/known-hosts";
import type { Interrupt } from "../cli/session/interrupt";
import { RunLock } from "../cli/session/run-lock";
import type { DeploymentInput } from "../config/schema";
import type { Actions } from "./actions/actions";
import { FakeAws } from "./aws/fake-aws";
import { HostStacks } from "./environment/host-stacks";
import type { NamedFault } from "./faults/faults";
import { RepositorySettings } from "./environment/repository-settings";
import { FakeGitHub } from "./github/fake-github";
import { HostedActions } from "./environment/hosted-actions";
import { ProjectCopy, type Rehearsed } from "./environment/project-copy";
import { RehearsalMachine } from "./environment/machine";
import { REMOVAL, Recorder } from "./recorder";
import type { RehearsalReport, ReportedFault } from "./report";
import { TestEnvironment, describeRecord } from "./environment/test-environment";
import { ServedSite, seenLine, spared } from "./visitors";
import { WorkingFolder } from "./environment/working-folder";

export interface RehearsalProps {
  /** What the user's `deployment.ts` exports. */
  readonly input: DeploymentInput;
  /** The program's own folder; absolute. */
  readonly root: string;
  /** Folders of the programs from PyPI; absolute. */
  readonly programs: { readonly moto: string; readonly awscli: string };
  /** What is injected, one after the other. @default nothing */
  readonly faults?: readonly NamedFault[];
  readonly interrupt: Interrupt;
  /** Takes each line as it comes. */
  readonly say: (line: string) => void;
}

const REAL = [
  "our own commands and Terraform with AWS's provider",
  "the machine's first boot (cloud-init, sshd, its own Docker engine and Swarm, nginx, MariaDB)",
  "sealing, git, and the workflow's steps as they are written: rsync, ssh with the machine's key pinned, docker build, the project's tests, the AWS CLI",
];

const FAKES = [
  "AWS: moto, which keeps rules of the firewall and enforces none",
  "the machine: a container of Debian on the address that Terraform was given, its disk a loop device",
  "github.com: a bare repository; GitHub's API: checked against GitHub's own description; its runner: this machine, with actions/checkout as a git fetch",
  "the stack pipeline: its secrets and variables by the same calls of GitHub's API, its files by git push",
  "GitHub's OIDC: tokens that nobody has signed",
  "base images: this machine's own where no registry answers",
];

/** The whole pipeline, from AWS and GitHub to the served page, on one machine. */
export class Rehearsal {
  private readonly folder: WorkingFolder;
  private readonly recorder: Recorder;
  private readonly began = Date.now();
  private readonly faults: ReportedFault[] = [];

  public constructor(private readonly props: RehearsalProps) {
    this.folder = new WorkingFolder(props.root);
    this.recorder = new Recorder(props.say, props.interrupt);
  }

  /** Runs it; what it has made is gone afterwards. */
  public async run(): Promise<RehearsalReport> {
    const { recorder } = this;
    try {
      await this.perform();
    } catch (error) {
      recorder.failure ??= { at: "its beginning", reason: String(error), fix: 'type "make rehearse" again' };
    }
    const began = Date.now();
    await recorder.end();
    const ok = recorder.failure?.at !== REMOVAL;
    recorder.add({ title: REMOVAL, seconds: (Date.now() - began) / 1000, ok });
    const { failure, steps } = recorder;
    const seconds = (Date.now() - this.began) / 1000;
    return { ok: !failure, steps, real: REAL, fakes: FAKES, faults: this.faults, failure, seconds };
  }

  private async perform(): Promise<void> {
    const { folder, props, recorder } = this;
    const lock = new RunLock(folder.path);
    await lock.take("rehearse", props.say);
    recorder.defer(() => lock.release());
    recorder.defer(() => folder.clean());
    await recorder.step("Remains of an earlier rehearsal", () => folder.begin());

    const aws = await recorder.step(
      "the fake AWS",
      () => FakeAws.start({ programs: props.programs.moto, root: props.root, quick: true }),
      ({ url }) => url,
    );
    recorder.defer(() => aws.stop());
    const copy = await recorder.step(
      "Copy of the project",
      () => ProjectCopy.create({ ...props, folder, lock, terraform: aws.environment }),
      ({ defaulted }) =>
        defaulted.length === 0
          ? undefined
          : `deployment.ts has no ${defaulted.join(" and no ")}: a default one is taken`,
    );
    await recorder.step("Keys", () => copy.provideKeys());
    const { github, settings } = await this.startGitHub(copy);

    // Read anew: GitHub has said by which subject its tokens name the repository.
    const workspace = await copy.open();
    await recorder.step("Base images", () =>
      provideBaseImages({ ...workspace, root: props.root }, () => undefined),
    );
    await recorder.step("Synthesis", () => synthesizeWorkspace(workspace));
    const stacks = new HostStacks({ aws, workspace, host: workspace.host });
    await recorder.step("Data and address on AWS", () => stacks.deploy("host-data", () => undefined));
    await recorder.step("Machine on AWS", () => stacks.deploy("host", () => undefined));
    const { address } = await stacks.outputs();
    await recorder.step("Secrets on GitHub", () =>
      settings.set(
        { HOST: address, KNOWN_HOSTS: knownHosts(address, workspace.host) },
        stacks.runnerVariables,
      ),
    );

    const machine = await this.bootMachine(workspace, stacks, address);
    await recorder.step("Pipeline's files in the repository", () =>
      Promise.resolve(copy.addPipeline(workspace)),
    );
    const hosted = await recorder.step("GitHub Actions", () =>
      HostedActions.start({
        ...props,
        folder,
        workspace,
        copy,
        stacks,
        github,
        settings,
        awscli: props.programs.awscli,
      }),
    );
    recorder.defer(() => hosted.dispose());
    const { actions } = hosted;
    const environment = new TestEnvironment({
      deployment: workspace.deployment,
      clone: copy.clone,
      machine,
      actions,
    });
    await this.releases(environment, new ServedSite(workspace.deployment, address));
    await recorder.step("What must not be left", () => this.inspect(stacks, github, actions));
  }

  private async startGitHub(
    copy: ProjectCopy,
  ): Promise<{ github: FakeGitHub; settings: RepositorySettings }> {
    const { folder, props, recorder } = this;
    const unsealed = await copy.open();
    const github = await recorder.step(
      "the fake GitHub",
      () => {
        const { owner, repository: name, branch } = unsealed.github;
        return FakeGitHub.start({ root: props.root, owner, name, branch });
      },
      ({ url }) => url,
    );
    recorder.defer(() => github.stop());
    const { deployment } = unsealed;
    const settings = new RepositorySettings({
      fake: github,
      root: folder.path,
      deployment,
      github: unsealed.github,
    });
    await recorder.step("Sealing", () => settings.seal());
    return { github, settings };
  }

  private async bootMachine(
    workspace: Rehearsed,
    stacks: HostStacks,
    address: string,
  ): Promise<RehearsalMachine> {
    const { folder, props, recorder } = this;
    const { host, application } = workspace;
    const machine = await recorder.step(
      "Machine",
      () =>
        RehearsalMachine.create({
          root: props.root,
          folder,
          stacks,
          address,
          application,
          region: host.region,
          dataDisk: host.dataDisk,
          authorizedKey: host.keys.deploy.publicKey,
        }),
      () => `listens on ${address}`,
    );
    recorder.defer(() => machine.dispose());
    await recorder.step("First boot", () => machine.boot());
    await recorder.step("What the machine finds on the Internet", () => machine.provideImages());
    return machine;
  }

  private async releases(environment: TestEnvironment, site: ServedSite): Promise<void> {
    const { recorder } = this;
    await this.push(environment, "First push");
    await recorder.step("The page", async () => {
      const status = await site.firstPage();
      if (status >= 500) throw new Error(`${site.origin} answers HTTP ${status}`);
      return `${site.origin} answers HTTP ${status}`;
    });
    const [seen] = await site.during(() => this.push(environment, "Second push, with visitors"));
    await recorder.step("What visitors saw", () => Promise.resolve(spared(seen)), seenLine);
    for (const fault of this.props.faults ?? []) await this.inject(environment, site, fault);
  }

  /** A push whose release must serve; each step of its run is one of the rehearsal's. */
  private async push(environment: TestEnvironment, title: string): Promise<void> {
    const { recorder } = this;
    const run = await recorder.step(
      title,
      () => environment.push(title),
      ({ push }) => push.sha.slice(0, 7),
    );
    const [{ steps }] = await recorder.step(
      `${title}: run ${run.id}`,
      () => environment.served(run),
      ([, record]) => describeRecord(record),
    );
    for (const { name, seconds } of steps) recorder.add({ title: `    ${name}`, seconds, ok: true });
  }

  private async inject(
    environment: TestEnvironment,
    site: ServedSite,
    [name, fault]: NamedFault,
  ): Promise<void> {
    const { recorder } = this;
    const [seen, healed] = await site.during(async () => {
      const end = await recorder.step(`Fault ${name}`, () => fault.inject(environment));
      const began = Date.now();
      const run = await recorder.step(`Fault ${name}: the push after it`, () =>
        environment.push("After the fault"),
      );
      const [, record] = await recorder.step(
        `Fault ${name}: its run`,
        () => environment.served(run),
        (served) => describeRecord(served[1]),
      );
      const seconds = Math.round((Date.now() - began) / 1000);
      return `${end}; the next push served after ${seconds} s as ${record.release}, with nothing done by hand`;
    });
    const { injected, noticed } = fault;
    this.faults.push({ name, injected, seen, healed });
    await recorder.step(
      `Fault ${name}: what visitors saw`,
      async () => Promise.resolve(noticed ? seen : spared(seen)),
      seenLine,
    );
  }

  private async inspect(stacks: HostStacks, github: FakeGitHub, { leaks }: Actions): Promise<string> {
    const open = await stacks.openForOthers();
    const found = [
      ...open.map((network) => `port 22 is still open for ${network}`),
      ...[...new Set(leaks)].map((name) => `a run has written a part of the secret ${name} into its log`),
      ...github.violations.map((violation) => `GitHub's description has no such request: ${violation}`),
    ];
    if (found.length > 0) throw new Error(found.join("\n"));
    return "port 22 is closed for runners, no secret is in a log, GitHub's description knows every request";
  }
}
