import type { Deployment, Local, Project } from "../../config/deployment";
import type { Schedule } from "../../config/grammar/schedule";
import type { MemoryShare } from "../../config/memory-budget";
import type { Image } from "../image";
import type { SecretDescription } from "../secrets";
import type { ContainerDescription, ReleasePosition, Traits } from "../service";
import type { Volume, VolumeDescription } from "../volume";

/** What a container may read of the application around it. */
export interface Surroundings {
  /** Definitions of all containers in this profile. */
  readonly definitions: readonly Definition[];
  /** Every volume of the application. */
  readonly volumes: readonly Volume[];
}

/** What a backing service gives to the application's containers. They wait until it is healthy. */
export interface Provision {
  /** Environment by which they reach it. No secret is in it: secrets are named by file. */
  readonly environment: (deployment: Deployment) => Readonly<Record<string, string>>;
  /** The same under the names that the project's settings read. @default the settings read our names */
  readonly theirEnvironment?: (deployment: Deployment) => Readonly<Record<string, string>>;
}

/** What every definition says, and may say. */
interface Common extends Traits {
  /** Its container's role, and its name in every rendering: lower-case letters, digits and `-`. */
  readonly name: string;
  /** Profiles in which it runs. @default all */
  readonly profiles?: readonly Local["profile"][];
  readonly image: (deployment: Deployment) => Image;
  /** How its container runs. */
  readonly container: (deployment: Deployment, surroundings: Surroundings) => ContainerDescription;
  /** Volumes that it owns. Every definition may mount them. @default none */
  readonly volumes?: readonly VolumeDescription[];
  /** Secrets that it owns. @default none */
  readonly secrets?: readonly SecretDescription[];
  /**
   * Variables by which a running process holds secrets, and the names that the project's settings read instead.
   *
   * @default none
   */
  readonly secretVariables?: (project: Project) => Readonly<Record<string, string | undefined>>;
  /** Its share of a machine's memory. @default a fixed figure, which its container names */
  readonly memory?: Omit<MemoryShare, "name">;
  /** Folders of `assets/` that a host's release needs for it. @default none */
  readonly assets?: readonly string[];
}

/** A command on the application's own image. It waits for the tasks before it, and reads what the services provide. */
export interface ProcessDefinition extends Common {
  readonly kind: "process";
  readonly release?: never;
  readonly schedule?: never;
  readonly timeLimit?: never;
  readonly changesSchema?: never;
}

/** A container of another image. */
export interface BackingServiceDefinition extends Common {
  readonly kind: "backing-service";
  readonly release?: "before" | "after";
  readonly schedule?: never;
  readonly timeLimit?: never;
  readonly changesSchema?: never;
  /** What it gives to the application. @default nothing */
  readonly provides?: Provision;
}

/** A container that runs once in a release and must end well. */
export interface TaskDefinition extends Common {
  readonly kind: "task";
  readonly release: ReleasePosition;
  readonly schedule?: never;
}

/** A command that runs to its end when its time has come, or when somebody asks for it. One run at a time. */
export interface JobDefinition extends Common {
  readonly kind: "job";
  readonly release?: never;
  readonly changesSchema?: never;
  /** When a host runs it. @default only when somebody asks for it */
  readonly schedule?: Schedule;
  /** Seconds that it may take. Its container's command keeps to it. */
  readonly timeLimit: number;
}

/**
 * One container of the application, in one file with all that is its own. `definitions.ts` lists them; `queries.ts` adds
 * one for each process and each job of `deployment.ts`.
 */
export type Definition = ProcessDefinition | BackingServiceDefinition | TaskDefinition | JobDefinition;

/** A definition that provides something, in a list of definitions. */
export function providersOf(
  definitions: readonly Definition[],
): (BackingServiceDefinition & { readonly provides: Provision })[] {
  return definitions.flatMap((definition) =>
    definition.kind === "backing-service" && definition.provides
      ? [{ ...definition, provides: definition.provides }]
      : [],
  );
}

/** What a definition's container is for our commands. */
export function traitsOf({
  kind,
  stack,
  release,
  configured,
  schedule,
  timeLimit,
  changesSchema,
  judge,
  servesRequests,
  keepsVolumes,
  keepsSecrets,
  visitorsWait,
}: Definition): Traits {
  return {
    ...{ kind, stack, release, configured, schedule, timeLimit, changesSchema, judge },
    ...{ servesRequests, keepsVolumes, keepsSecrets, visitorsWait },
  };
}

/**
 * A definition's share of the machine's memory, MiB of one container.
 *
 * @throws when the budget was made without the definition: a mistake in this program
 */
export function memoryOf(
  { memory }: Pick<Deployment, "memory">,
  { name }: { readonly name: string },
): number {
  const share = memory[name];
  if (share === undefined) throw new Error(`the memory budget has no share for "${name}"`);
  return share;
}
