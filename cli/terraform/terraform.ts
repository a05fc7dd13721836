import { dirname, join } from "node:path";
import { DeploymentError } from "../../config/errors";
import { makePrivate } from "../computer/private-folder";
import { type Outcome, run } from "../computer/process";
import { parseTerraformVersion } from "../computer/version";
import { machineProblems } from "../problems";
import type { Interrupt } from "../session/interrupt";
import type { Log } from "../session/log";
import type { RunLock } from "../session/run-lock";
import { Follower } from "./follower";
import { TerraformStack } from "./terraform-stack";

/** The stacks on the local engine, in the order in which they are applied. */
export const LOCAL_STACKS = ["local-data", "local-database", "local"] as const;
export type LocalStackId = (typeof LOCAL_STACKS)[number];

/** The stacks on AWS, in the order in which they are applied. */
export const HOST_STACKS = ["host-data", "host"] as const;
export type HostStackId = (typeof HOST_STACKS)[number];

/** The stack on GitHub; it comes after those. */
export const PIPELINE_STACK = "pipeline";

/** No stack of the program's: a module that asks AWS what it has (cli/aws/search-module.ts). */
export const AWS_SEARCH = "aws-search";

export type StackId = LocalStackId | HostStackId | typeof PIPELINE_STACK | typeof AWS_SEARCH;

export interface TerraformProps {
  /** The program's own folder; absolute. */
  readonly root: string;
  /** Where the stacks were synthesized; absolute. */
  readonly outdir: string;
  /** Names or paths of Terraform or OpenTofu; the first that is there is used. At least one. */
  readonly binaries: readonly string[];
  /** Variables of the stacks, the provider's engine and Terraform's own settings, as they are now. */
  readonly environment: () => Readonly<Record<string, string>>;
  readonly interrupt: Interrupt;
  readonly lock: RunLock;
  readonly log: Log;
}

/** Terraform or OpenTofu as it is on this machine. */
export interface Installation {
  readonly binary: string;
  readonly version: string;
}

/** Terraform or OpenTofu on this machine. */
export class Terraform {
  private readonly stacks = new Map<StackId, TerraformStack>();
  private found: Promise<Installation | undefined> | undefined;

  public constructor(public readonly props: TerraformProps) {}

  /** Terraform as it is installed; undefined when it isn't. */
  public installation(): Promise<Installation | undefined> {
    this.found ??= find(this.props.binaries);
    return this.found;
  }

  /** One of the stacks. */
  public stack(id: StackId): TerraformStack {
    const stack = this.stacks.get(id) ?? new TerraformStack(this, id);
    this.stacks.set(id, stack);
    return stack;
  }

  /** Folder of a stack that was synthesized, or of the module that is made where it is needed. */
  public folderOf(id: StackId): string {
    if (id === AWS_SEARCH) return join(this.dataOf(id), "module");
    return join(this.props.outdir, "stacks", id);
  }

  /** Where a stack's state is (stacks/docker-stack.ts). */
  public stateOf(id: StackId): string {
    return join(this.props.root, ".deployment", "state", `${id}.tfstate`);
  }

  /** What Terraform keeps of a stack: its providers and the plan of the moment. */
  public dataOf(id: StackId): string {
    return join(this.props.root, ".deployment", "terraform", id);
  }

  /**
   * Runs a command of Terraform in a stack's folder. Ctrl-C reaches it once, so that it stops with its state kept; when
   * we are killed, it carries on.
   *
   * @param onLine called with each line of its output, which is not returned then
   */
  public async run(id: StackId, args: readonly string[], onLine?: (line: string) => void): Promise<Outcome> {
    const { binaries, environment, interrupt, lock, log } = this.props;
    const binary = (await this.installation())?.binary;
    if (binary === undefined) throw new DeploymentError([machineProblems.noTerraform(binaries)]);
    log.write(`--- ${id}: ${binary} ${args.join(" ")}`);
    // States, plans and what is said of both: all values of a deployment are in them.
    for (const folder of [dirname(this.stateOf(id)), this.dataOf(id)]) makePrivate(folder);
    const follower = onLine && new Follower(join(this.dataOf(id), "output"), onLine);
    let stopListening: (() => void) | undefined;
    const outcome = await run(binary, args, {
      cwd: this.folderOf(id),
      env: { ...environment(), ...SETTINGS, TF_DATA_DIR: this.dataOf(id) },
      detached: true,
      // What init fetches may be in a folder of several users.
      confidential: args[0] !== "init",
      output: follower?.output,
      onStart: (child) => {
        lock.employ(child.pid);
        stopListening = interrupt.onRequest(() => child.kill("SIGINT"));
      },
    });
    stopListening?.();
    follower?.close();
    if (outcome.stderr !== "") log.write(outcome.stderr);
    return outcome;
  }
}

async function find(binaries: readonly string[]): Promise<Installation | undefined> {
  for (const binary of binaries) {
    const { missing, stdout } = await run(binary, ["version", "-json"], { env: SETTINGS });
    if (!missing) return { binary, version: parseTerraformVersion(stdout) ?? "unknown" };
  }
  return undefined;
}

const SETTINGS = {
  TF_IN_AUTOMATION: "1",
  TF_INPUT: "0",
  // No question to HashiCorp whether there is a newer version.
  CHECKPOINT_DISABLE: "1",
  // Options of the user's shell would change what the commands here mean.
  TF_CLI_ARGS: "",
  TF_CLI_ARGS_plan: "",
  TF_CLI_ARGS_apply: "",
  TF_CLI_ARGS_init: "",
  TF_WORKSPACE: "default",
} as const;
