import { provideBaseImages } from "../cli/preflight/base-images";
import { synthesizeWorkspace } from "../cli/workspace/synthesis";
import { knownHosts } from "../cli/host/known-hosts";
import type { Interrupt } from "../cli/session/interrupt";
import { RunLock } from "../cli/session/run-lock";
import type { DeploymentInput } from "../config/schema";
import type { Actions } from "./actions/actions";
import { FakeAws } from "./aws/fake-aws";
import { Cloud } from "./environment/cloud";
import type { NamedFault } from "./faults/faults";
import { Forge } from "./environment/forge";
import { FakeGitHub } from "./github/fake-github";
import { HostedActions } from "./environment/hosted-actions";
import { Laptop, type Rehearsed } from "./environment/laptop";
import { RehearsalMachine } from "./environment/machine";
import { REMOVAL, Recorder } from "./recorder";
import type { RehearsalReport, ReportedFault } from "./report";
import { Scene, describeRecord } from "./environment/scene";
import { Entrance, seenLine, spared } from "./visitors";
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
    const laptop = await recorder.step(
      "Copy of the project",
      () => Laptop.create({ ...props, folder, lock, terraform: aws.environment }),
      ({ defaulted }) =>
        defaulted.length === 0
          ? undefined
          : `deployment.ts has no ${defaulted.join(" and no ")}: a default one is taken`,
    );
    await recorder.step("Keys", () => laptop.provideKeys());
    const { github, forge } = await this.startGitHub(laptop);

    // Read anew: GitHub has said by which subject its tokens name the repository.
    const workspace = await laptop.open();
    await recorder.step("Base images", () =>
      provideBaseImages({ ...workspace, root: props.root }, () => undefined),
    );
    await recorder.step("Synthesis", () => synthesizeWorkspace(workspace));
    const cloud = new Cloud({ aws, workspace, host: workspace.host });
    await recorder.step("Data and address on AWS", () => cloud.deploy("host-data", () => undefined));
    await recorder.step("Machine on AWS", () => cloud.deploy("host", () => undefined));
    const { address } = await cloud.outputs();
    await recorder.step("Secrets on GitHub", () =>
      forge.set({ HOST: address, KNOWN_HOSTS: knownHosts(address, workspace.host) }, cloud.runnerVariables),
    );

    const machine = await this.bootMachine(workspace, cloud, address);
    await recorder.step("Pipeline's files in the repository", () =>
      Promise.resolve(laptop.addPipeline(workspace)),
    );
    const hosted = await recorder.step("GitHub Actions", () =>
      HostedActions.start({
        ...props,
        folder,
        workspace,
        laptop,
        cloud,
        github,
        forge,
        awscli: props.programs.awscli,
      }),
    );
    recorder.defer(() => hosted.dispose());
    const { actions } = hosted;
    const scene = new Scene({ deployment: workspace.deployment, clone: laptop.clone, machine, actions });
    await this.releases(scene, new Entrance(workspace.deployment, address));
    await recorder.step("What must not be left", () => this.inspect(cloud, github, actions));
  }

  private async startGitHub(laptop: Laptop): Promise<{ github: FakeGitHub; forge: Forge }> {
    const { folder, props, recorder } = this;
    const unsealed = await laptop.open();
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
    const forge = new Forge({ fake: github, root: folder.path, deployment, github: unsealed.github });
    await recorder.step("Sealing", () => forge.seal());
    return { github, forge };
  }

  private async bootMachine(workspace: Rehearsed, cloud: Cloud, address: string): Promise<RehearsalMachine> {
    const { folder, props, recorder } = this;
    const { host, application } = workspace;
    const machine = await recorder.step(
      "Machine",
      () =>
        RehearsalMachine.create({
          root: props.root,
          folder,
          cloud,
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

  private async releases(scene: Scene, entrance: Entrance): Promise<void> {
    const { recorder } = this;
    await this.push(scene, "First push");
    await recorder.step("The page", async () => {
      const status = await entrance.firstPage();
      if (status >= 500) throw new Error(`${entrance.origin} answers HTTP ${status}`);
      return `${entrance.origin} answers HTTP ${status}`;
    });
    const [seen] = await entrance.during(() => this.push(scene, "Second push, with visitors"));
    await recorder.step("What visitors saw", () => Promise.resolve(spared(seen)), seenLine);
    for (const fault of this.props.faults ?? []) await this.inject(scene, entrance, fault);
  }

  /** A push whose release must serve; each step of its run is one of the rehearsal's. */
  private async push(scene: Scene, title: string): Promise<void> {
    const { recorder } = this;
    const run = await recorder.step(
      title,
      () => scene.push(title),
      ({ push }) => push.sha.slice(0, 7),
    );
    const [{ steps }] = await recorder.step(
      `${title}: run ${run.id}`,
      () => scene.served(run),
      ([, record]) => describeRecord(record),
    );
    for (const { name, seconds } of steps) recorder.add({ title: `    ${name}`, seconds, ok: true });
  }

  private async inject(scene: Scene, entrance: Entrance, [name, fault]: NamedFault): Promise<void> {
    const { recorder } = this;
    const [seen, healed] = await entrance.during(async () => {
      const end = await recorder.step(`Fault ${name}`, () => fault.inject(scene));
      const began = Date.now();
      const run = await recorder.step(`Fault ${name}: the push after it`, () =>
        scene.push("After the fault"),
      );
      const [, record] = await recorder.step(
        `Fault ${name}: its run`,
        () => scene.served(run),
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

  private async inspect(cloud: Cloud, github: FakeGitHub, { leaks }: Actions): Promise<string> {
    const open = await cloud.openForOthers();
    const found = [
      ...open.map((network) => `port 22 is still open for ${network}`),
      ...[...new Set(leaks)].map((name) => `a run has written a part of the secret ${name} into its log`),
      ...github.violations.map((violation) => `GitHub's description has no such request: ${violation}`),
    ];
    if (found.length > 0) throw new Error(found.join("\n"));
    return "port 22 is closed for runners, no secret is in a log, GitHub's description knows every request";
  }
}
