import type { DeploymentSettings } from "./schema";

/** What a machine has to give. */
export interface Machine {
  /** MiB. */
  readonly memory: number;
  readonly processors: number;
}

/** What one kind of container asks of a machine's memory. It is written in the definition of that kind. */
export interface MemoryShare {
  /** Name of the definition. */
  readonly name: string;
  /** Containers of it that run at the same time: two where one release takes over from another. */
  readonly copies: number;
  /** MiB below which the container doesn't work well. */
  readonly least: number;
  /**
   * MiB of one container, of what the system leaves.
   *
   * @param free what the system and uploads in progress leave, MiB
   * @param machine all that the machine has, MiB
   * @default its containers share what all others leave: gunicorn's workers fill it
   */
  readonly of?: (free: number, machine: number) => number;
  /** `least` is all that it may have, whatever the machine has. Then `of` gives the same. @default false */
  readonly fixed?: boolean;
  /** Its containers hold uploads in progress in memory. @default false */
  readonly holdsUploads?: boolean;
  /** MiB that each container has beside its share, for files in memory that are no uploads. @default 0 */
  readonly beside?: number;
  /** MiB that the user has fixed in `deployment.ts`. @default there is no setting for it */
  readonly wish?: (settings: DeploymentSettings) => number | undefined;
}

/** What the user has fixed; the rest is shared. */
export interface MemoryWishes {
  /** MiB of one container, by name of the definition. */
  readonly shares: Readonly<Record<string, number | undefined>>;
  readonly workers?: number;
  /** Requests and uploads in progress that one container holds in memory beyond its share. MiB. */
  readonly uploads: number;
}

/** How a machine's memory is shared, in MiB, and what follows from it. */
export interface MemoryBudget {
  /** gunicorn's worker processes. */
  readonly workers: number;
  /** Share of one container, by name of the definition. */
  readonly shares: Readonly<Record<string, number>>;
  /** Left for the system: kernel, Ubuntu, the Docker engine, Session Manager's agent. */
  readonly system: number;
  /** Swap file: for uploads in progress and for what the system seldom touches. */
  readonly swap: number;
}

/** Share of the memory that the kernel keeps for itself: an instance of 1024 MiB shows some 950. */
const KERNEL_SHARE = 0.07;

/** MiB that Ubuntu Server 24.04, dockerd, containerd and the SSM agent take when idle. */
const SYSTEM = 352;

/** MiB of a Django process that its workers share, and of one worker of its own. */
const PROCESS = { shared: 60, worker: 70 } as const;

/** Machines up to so many MiB get a swap file of the same size (AWS re:Post, "allocate memory as swap space"). */
const SWAP_UP_TO = 2048;

/**
 * Shares a machine's memory so that the sum fits, also while two releases overlap.
 *
 * @param asked what each kind of container asks for; one of them takes what the others leave
 * @returns undefined when the machine is too small
 */
export function memoryBudget(
  { memory, processors }: Machine,
  wishes: MemoryWishes,
  asked: readonly MemoryShare[],
): MemoryBudget | undefined {
  const rest = restOf(asked);
  const swap = memory <= SWAP_UP_TO ? memory : 0;
  const holders = sum(asked.map(({ copies, holdsUploads }) => (holdsUploads ? copies : 0)));
  const beside = sum(asked.map(({ copies, beside = 0 }) => copies * beside));
  // They lie in memory file systems, which can be swapped out.
  const files = Math.max(0, holders * wishes.uploads + beside - swap);
  const free = Math.floor(memory * (1 - KERNEL_SHARE)) - SYSTEM - files;
  const sizeOf = ({ name, least, of }: MemoryShare): number =>
    wishes.shares[name] ?? Math.max(least, of?.(free, memory) ?? 0);
  const others = asked.filter((share) => share !== rest);
  const taken = sum(others.map((share) => share.copies * sizeOf(share)));
  const left = wishes.shares[rest.name] ?? roundedDown((free - taken) / rest.copies);
  const used = taken + rest.copies * left;
  if (left < rest.least || used > free) return undefined;
  return {
    workers: wishes.workers ?? workersFor(left, processors),
    shares: { ...Object.fromEntries(others.map((share) => [share.name, sizeOf(share)])), [rest.name]: left },
    system: memory - used - files,
    swap,
  };
}

/** The share that takes what all others leave. @throws when there is none, or several: a mistake in this program */
function restOf(asked: readonly MemoryShare[]): MemoryShare {
  const [rest, ...more] = asked.filter(({ of }) => of === undefined);
  if (rest && more.length === 0) return rest;
  const names = [rest, ...more].flatMap((share) => share?.name ?? []);
  throw new Error(
    `one share takes the memory that the others leave; there are ${names.length}: ${names.join(", ")}`,
  );
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}

/** MiB of memory in which the application holds request bodies that it reads: four of the largest at once. */
export function uploadBuffers(bodySize: number): number {
  return Math.max(64, 4 * bodySize);
}

/** 2 × processors + 1 (docs.gunicorn.org, "How Many Workers?"), as far as memory allows. */
function workersFor(web: number, processors: number): number {
  const affordable = Math.floor((web - PROCESS.shared) / PROCESS.worker);
  return Math.max(1, Math.min(2 * processors + 1, affordable));
}

/** Down to a number that people recognise. */
export function roundedDown(mebibytes: number): number {
  return Math.floor(mebibytes / 16) * 16;
}
