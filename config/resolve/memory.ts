import { type Problem, problems } from "../errors";
import type { InstanceType } from "../host";
import { largerTypes } from "../instance-types";
import {
  type Machine,
  type MemoryBudget,
  type MemoryWishes,
  memoryBudget,
  uploadBuffers,
} from "../memory-budget";
import type { DeploymentSettings } from "../schema";

/** Memory of the machine that is assumed for the local stack, MiB: that of a t4g.small. */
const LOCAL_MEMORY = 2048;

/** Processors that are assumed for the local stack: a laptop has other things to do. */
const LOCAL_PROCESSORS = 1;

/** Shares the memory of the local stack. What the user has fixed is checked only against a figure that they gave. */
export function resolveLocalMemory(settings: DeploymentSettings): {
  readonly budget: MemoryBudget;
  readonly problems: readonly Problem[];
} {
  const machine = { memory: settings.local.memory ?? LOCAL_MEMORY, processors: LOCAL_PROCESSORS };
  const wishes = wishesOf(settings);
  const fitting = memoryBudget(machine, wishes);
  if (fitting) return { budget: fitting, problems: [] };
  const { workers, web, database, proxy } = wishes;
  const assumed = { memory: LOCAL_MEMORY, processors: LOCAL_PROCESSORS };
  const shares = memoryBudget(assumed, { uploads: 0 }) ?? neverTooSmall(assumed);
  return {
    budget: {
      ...shares,
      web: web ?? shares.web,
      database: database ?? shares.database,
      proxy: proxy ?? shares.proxy,
      workers: workers ?? shares.workers,
    },
    problems: settings.local.memory === undefined ? [] : [problems.localMemoryTooSmall(machine.memory)],
  };
}

/** Shares the memory of the machine on AWS. */
export function resolveHostMemory(
  settings: DeploymentSettings,
  type: InstanceType,
): { readonly budget: MemoryBudget | undefined; readonly problems: readonly Problem[] } {
  const wishes = wishesOf(settings);
  const budget = memoryBudget(type, wishes);
  if (budget) return { budget, problems: [] };
  const larger = largerTypes(type).find((candidate) => memoryBudget(candidate, wishes) !== undefined);
  return { budget, problems: [problems.machineTooSmall(type.name, type.memory, larger?.name)] };
}

function wishesOf({ web, database, proxy }: DeploymentSettings): MemoryWishes {
  return {
    web: web.memory,
    workers: web.workers,
    database: database.memory,
    proxy: proxy.memory,
    uploads: uploadBuffers(proxy.bodySize),
  };
}

function neverTooSmall({ memory }: Machine): never {
  throw new Error(`${memory} MiB were expected to be enough`);
}
