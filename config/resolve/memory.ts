import { type Problem, problems } from "../errors";
import type { InstanceType } from "../host";
import { largerTypes } from "../instance-types";
import {
  type Machine,
  type MemoryBudget,
  type MemoryShare,
  type MemoryWishes,
  memoryBudget,
  uploadBuffers,
} from "../memory-budget";
import type { DeploymentSettings } from "../schema";

/** Memory of the machine that is assumed for the local stack, MiB: that of a t4g.small. */
const LOCAL_MEMORY = 2048;

/** Processors that are assumed for the stack `local`: this computer has other things to do. */
const LOCAL_PROCESSORS = 1;

/** Shares the memory of the local stack. What the user has fixed is checked only against a figure that they gave. */
export function resolveLocalMemory(
  settings: DeploymentSettings,
  asked: readonly MemoryShare[],
): {
  readonly budget: MemoryBudget;
  readonly problems: readonly Problem[];
} {
  const machine = { memory: settings.local.memory ?? LOCAL_MEMORY, processors: LOCAL_PROCESSORS };
  const wishes = wishesOf(settings, asked);
  const fitting = memoryBudget(machine, wishes, asked);
  if (fitting) return { budget: fitting, problems: [] };
  const assumed = { memory: LOCAL_MEMORY, processors: LOCAL_PROCESSORS };
  const shared = asked.filter(({ fixed }) => fixed !== true);
  const usual = memoryBudget(assumed, { shares: {}, uploads: 0 }, shared) ?? neverTooSmall(assumed);
  const shares = asked.map(({ fixed, least, name }) => [
    name,
    fixed ? least : (wishes.shares[name] ?? usual.shares[name]),
  ]);
  return {
    budget: {
      ...usual,
      shares: Object.fromEntries(shares) as MemoryBudget["shares"],
      workers: wishes.workers ?? usual.workers,
    },
    problems:
      settings.local.memory === undefined
        ? []
        : [problems.localMemoryTooSmall(machine.memory, fixedMemory(asked))],
  };
}

/** Shares the memory of the machine on AWS. */
export function resolveHostMemory(
  settings: DeploymentSettings,
  type: InstanceType,
  asked: readonly MemoryShare[],
): { readonly budget: MemoryBudget | undefined; readonly problems: readonly Problem[] } {
  const wishes = wishesOf(settings, asked);
  const budget = memoryBudget(type, wishes, asked);
  if (budget) return { budget, problems: [] };
  const larger = largerTypes(type).find((candidate) => memoryBudget(candidate, wishes, asked) !== undefined);
  return {
    budget,
    problems: [problems.machineTooSmall(type.name, type.memory, larger?.name, fixedMemory(asked))],
  };
}

/** MiB of all containers whose memory is fixed, in a release. */
function fixedMemory(asked: readonly MemoryShare[]): number {
  return asked.filter(({ fixed }) => fixed).reduce((total, { copies, least }) => total + copies * least, 0);
}

function wishesOf(settings: DeploymentSettings, asked: readonly MemoryShare[]): MemoryWishes {
  return {
    shares: Object.fromEntries(asked.map(({ name, wish }) => [name, wish?.(settings)])),
    workers: settings.web.workers,
    uploads: uploadBuffers(settings.proxy.bodySize),
  };
}

function neverTooSmall({ memory }: Machine): never {
  throw new Error(`${memory} MiB were expected to be enough`);
}
