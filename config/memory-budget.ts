/** What a machine has to give. */
export interface Machine {
  /** MiB. */
  readonly memory: number;
  readonly processors: number;
}

/** What the user has fixed; the rest is shared. Memory in MiB. */
export interface MemoryWishes {
  readonly web?: number;
  readonly database?: number;
  readonly proxy?: number;
  readonly workers?: number;
  /** Requests and uploads in progress that one container holds in memory beyond its share. */
  readonly uploads: number;
}

/** How a machine's memory is shared, in MiB, and what follows from it. */
export interface MemoryBudget {
  /** gunicorn's worker processes. */
  readonly workers: number;
  /** Share of one web container; two run while a release takes over. */
  readonly web: number;
  /** Share of MariaDB's container. */
  readonly database: number;
  /** Share of nginx's container. */
  readonly proxy: number;
  /** Left for the system: kernel, Ubuntu, the Docker engine, Session Manager's agent. */
  readonly system: number;
  /** Swap file: for uploads in progress and for what the system seldom touches. */
  readonly swap: number;
}

/** Share of the memory that the kernel keeps for itself: an instance of 1024 MiB shows some 950. */
const KERNEL_SHARE = 0.07;

/** MiB that Ubuntu Server 24.04, dockerd, containerd and the SSM agent take when idle. */
const SYSTEM = 352;

/** MiB below which a part of the stack doesn't work well. */
const LEAST = { web: 128, database: 256, proxy: 64 } as const;

/** Share of what the system leaves that MariaDB gets. */
const DATABASE_SHARE = 0.3;

/** MiB from which nginx gets twice the least: more connections come with a larger machine. */
const ROOMY = 1536;

/** MiB of a Django process that its workers share, and of one worker of its own. */
const PROCESS = { shared: 60, worker: 70 } as const;

/** Machines up to so many MiB get a swap file of the same size (AWS re:Post, "allocate memory as swap space"). */
const SWAP_UP_TO = 2048;

/** Containers that hold uploads in progress: nginx, and web twice while a release takes over. */
const HOLDERS = 3;

/**
 * Shares a machine's memory so that the sum fits, also while two releases overlap.
 *
 * @returns undefined when the machine is too small
 */
export function memoryBudget(
  { memory, processors }: Machine,
  wishes: MemoryWishes,
): MemoryBudget | undefined {
  const swap = memory <= SWAP_UP_TO ? memory : 0;
  // Uploads wait in memory file systems, which can be swapped out.
  const uploads = Math.max(0, HOLDERS * wishes.uploads - swap);
  const free = Math.floor(memory * (1 - KERNEL_SHARE)) - SYSTEM - uploads;
  const proxy = wishes.proxy ?? (free > ROOMY ? 2 * LEAST.proxy : LEAST.proxy);
  const database = wishes.database ?? Math.max(LEAST.database, rounded(free * DATABASE_SHARE));
  const web = wishes.web ?? rounded((free - proxy - database) / 2);
  if (web < LEAST.web || proxy + database + 2 * web > free) return undefined;
  return {
    workers: wishes.workers ?? workersFor(web, processors),
    web,
    database,
    proxy,
    system: memory - proxy - database - 2 * web - uploads,
    swap,
  };
}

/** MiB of memory for request bodies that wait to be read: four of the largest at once. */
export function uploadBuffers(bodySize: number): number {
  return Math.max(64, 4 * bodySize);
}

/** 2 × processors + 1 (docs.gunicorn.org, "How Many Workers?"), as far as memory allows. */
function workersFor(web: number, processors: number): number {
  const affordable = Math.floor((web - PROCESS.shared) / PROCESS.worker);
  return Math.max(1, Math.min(2 * processors + 1, affordable));
}

/** Down to a number that people recognise. */
function rounded(mebibytes: number): number {
  return Math.floor(mebibytes / 16) * 16;
}
