import { type Problem, problems } from "../errors";
import { AWS_PIN_FILE, type PinFacts } from "../files/aws-pin";
import type { KeyFacts } from "../files/ssh-keys";
import { type Host, type InstanceType, SshAccess } from "../host";
import { INSTANCE_TYPES, REGIONS, instanceType } from "../instance-types";
import type { MemoryBudget } from "../memory-budget";
import { nearest } from "../nearest";
import { networkFlaw } from "../network";
import type { DeploymentSettings } from "../schema";
import { resolveHostMemory } from "./memory";
import type { MemoryShare } from "../memory-budget";

type HostSettings = NonNullable<DeploymentSettings["host"]>;

/** Stand in while other problems are collected; nothing is built from them. */
const UNKNOWN_TYPE: InstanceType = { name: "", memory: 2048, processors: 2, architecture: "arm64" };
const NO_BUDGET: Omit<MemoryBudget, "shares"> = { workers: 1, system: 0, swap: 0 };

/** What is known when the `host` section is checked. */
export interface HostFindings {
  /** Name of the deployment. */
  readonly name: string;
  readonly keys: KeyFacts;
  readonly memoryShares: readonly MemoryShare[];
  /** @default no host was made */
  readonly pinned?: PinFacts;
}

/** Checks the `host` section against what AWS publishes, and fills in what follows from it. Pure. */
export function resolveHost(
  all: DeploymentSettings,
  settings: HostSettings,
  { name, keys, memoryShares, pinned: { pin, problems: unreadable } = { problems: [] } }: HostFindings,
): { readonly host: Host; readonly problems: readonly Problem[] } {
  const { region, zone, architecture } = settings;
  const ssh = settings.ssh ?? (all.github ? "runner" : "nobody");
  const type = instanceType(settings.instanceType);
  const found: Problem[] = [...keys.problems, ...unreadable];

  if (pin && pin.name !== name) found.push(problems.otherHostName(name, pin.name, AWS_PIN_FILE));
  if (!REGIONS.includes(region)) found.push(problems.unknownRegion(region, nearest(region, REGIONS)));
  else if (pin && pin.region !== region) found.push(problems.otherRegion(pin.name, region, pin.region));
  if (!type)
    found.push(
      problems.unknownInstanceType(settings.instanceType, nearest(settings.instanceType, INSTANCE_TYPES)),
    );
  if (type && architecture && architecture !== type.architecture) {
    found.push(problems.otherArchitecture(architecture, type.name, type.architecture));
  }
  const memory = type && resolveHostMemory(all, type, memoryShares);
  found.push(...(memory?.problems ?? []));
  if (zone !== undefined && !(zone.startsWith(region) && /^[a-z]$/.test(zone.slice(region.length)))) {
    found.push(problems.otherZone(zone, region));
  }
  if (Array.isArray(ssh)) found.push(...ssh.flatMap((network, index) => networkProblem(network, index)));

  return {
    host: {
      region,
      zone: zone ?? `${region}a`,
      instanceType: type ?? UNKNOWN_TYPE,
      budget: memory?.budget ?? {
        ...NO_BUDGET,
        shares: Object.fromEntries(memoryShares.map(({ name }) => [name, 0])),
      },
      rootDisk: settings.rootDisk,
      dataDisk: settings.dataDisk,
      ssh: sshAccess(ssh),
      domain: settings.domain,
      backupDays: settings.backups === false ? undefined : settings.backups,
      tags: settings.tags,
      keys: keys.keys,
      stateBucket: settings.stateBucket,
      account: pin?.account,
    },
    problems: found,
  };
}

function sshAccess(ssh: NonNullable<HostSettings["ssh"]>): SshAccess {
  if (ssh === "nobody") return SshAccess.NOBODY;
  if (ssh === "runner") return SshAccess.RUNNER;
  return ssh === "anywhere" ? SshAccess.ANYWHERE : SshAccess.fromNetworks(ssh);
}

/** A network that can be meant; each message says what to write instead. */
function networkProblem(network: string, index: number): Problem[] {
  const place = `host.ssh[${index}]`;
  const flaw = networkFlaw(network, ["ipv4"]);
  switch (flaw?.kind) {
    case undefined:
      return [];
    case "no network":
      return [problems.noNetwork(place, network, flaw.alone)];
    case "everybody":
      return [problems.everyNetwork(place, network)];
    case "host bits":
      return [problems.hostBitsSet(place, network, flaw.corrected)];
  }
}
