import { relative, resolve } from "node:path";
import { provideKeys } from "../../cli/host/keys";
import type { Interrupt } from "../../cli/session/interrupt";
import type { RunLock } from "../../cli/session/run-lock";
import { Terraform } from "../../cli/terraform/terraform";
import { type Workspace, openWorkspace } from "../../cli/workspace/workspace";
import type { GitHub } from "../../config/github";
import type { Host } from "../../config/host";
import { loadDeployment } from "../../config/load";
import type { DeploymentInput } from "../../config/schema";
import { repositoryOf } from "../../synth/repository/repository";
import { repositoryFilesOf } from "../../synth/repository/repository-files";
import { WorkingClone } from "./working-clone";
import type { WorkingFolder } from "./working-folder";

/** What a deployment without these sections is rehearsed with. */
const DEFAULTS = {
  host: { region: "eu-central-1" },
  github: { repository: "octocat/rehearsal" },
} as const satisfies Pick<DeploymentInput, "host" | "github">;

export interface ProjectCopyProps {
  /** What the user's `deployment.ts` exports. */
  readonly input: DeploymentInput;
  /** The program's own folder; absolute. */
  readonly root: string;
  readonly folder: WorkingFolder;
  readonly interrupt: Interrupt;
  readonly lock: RunLock;
  /** Variables for Terraform, on top of ours. */
  readonly terraform: Readonly<Record<string, string>>;
}

/** A deployment that has all that a rehearsal needs. */
export interface Rehearsed extends Workspace {
  readonly host: Host;
  readonly github: GitHub;
}

/** A copy of the project. The pipeline is made from it, with keys and states of its own. */
export class ProjectCopy {
  private constructor(
    private readonly props: ProjectCopyProps,
    private readonly input: DeploymentInput,
    public readonly clone: WorkingClone,
  ) {}

  /** @throws {@link DeploymentError} with all that is wrong with the user's deployment */
  public static async create(props: ProjectCopyProps): Promise<ProjectCopy> {
    const { input, root, folder } = props;
    const { deployment } = loadDeployment({ ...input, host: undefined, github: undefined }, root);
    const github = input.github ?? DEFAULTS.github;
    const place = repositoryOf(resolve(root, input.project.folder));
    const clone = await WorkingClone.of(
      place,
      folder.path,
      input.github?.branch ?? "main",
      input.project.envFile ?? ".env",
    );
    const rehearsed = {
      ...input,
      name: deployment.name,
      project: { ...input.project, folder: relative(folder.path, clone.project) },
      // Neither the user's keys nor their state have a part in it.
      host: { ...(input.host ?? DEFAULTS.host), sshKeys: undefined, stateBucket: undefined },
      github,
    };
    return new ProjectCopy(props, rehearsed, clone);
  }

  /** Which sections of `deployment.ts` are missing; a rehearsal has its own in their place. */
  public get defaulted(): string[] {
    const sections = Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[];
    return sections.filter((section) => this.props.input[section] === undefined);
  }

  /** Makes the keys. @returns their files */
  public async provideKeys(): Promise<string> {
    const keys = await provideKeys(this.props.folder.path, {});
    return keys.map(({ file }) => file).join(", ");
  }

  /** Reads the deployment as it is now. */
  public async open(): Promise<Rehearsed> {
    const { folder, interrupt, lock, terraform } = this.props;
    const workspace = await openWorkspace(this.input, folder.path, "rehearse");
    const { host, github } = workspace.deployment;
    if (!host || !github) throw new Error("a rehearsal has a machine and a repository");
    const { environment, ...props } = workspace.terraform.props;
    return {
      ...workspace,
      host,
      github,
      interrupt,
      lock,
      terraform: new Terraform({
        ...props,
        interrupt,
        lock,
        environment: () => ({ ...environment(), ...terraform }),
      }),
    };
  }

  /** Writes the pipeline's files into the clone. @returns how many */
  public addPipeline(workspace: Workspace): string {
    const { files } = repositoryFilesOf(workspace);
    this.clone.addPipeline(files);
    return `${files.length} files`;
  }
}
