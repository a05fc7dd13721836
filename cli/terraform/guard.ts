import { KEY_PAIR, MACHINE } from "../problems/host";
import type { Action, Plan, ResourceChange } from "./plan";

/** What holds data that no plan may lose, or is the only way to it, by type of resource, and what it is. */
export const DATA_HOLDERS: Readonly<Record<string, string>> = {
  docker_volume: "a volume of the Docker engine",
  aws_instance: MACHINE,
  aws_key_pair: KEY_PAIR,
  aws_ebs_volume: "the host's data volume",
  aws_ebs_snapshot: "a backup of the host's data",
  aws_s3_bucket: "the bucket of the backups",
  aws_eip: "the host's public address, which DNS and known_hosts name",
  aws_backup_vault: "the vault of the snapshots",
};

/** A change that is refused. */
export interface Refusal {
  /** The resource's own name: of the volume, not of the resource in the code. */
  readonly name: string;
  readonly address: string;
  /** What it is, and what is in it. */
  readonly what: string;
  /** What the plan would do. */
  readonly action: "delete" | "replace" | "forget";
  /** Why the plan does it. */
  readonly reason: string;
}

export interface GuardProps {
  /** Names or addresses of what can be made again. @default none: all of it holds data */
  readonly disposable?: readonly string[];
  /** What a volume holds, by its name. @default unknown */
  readonly contents?: Readonly<Record<string, string>>;
}

/**
 * Finds what a plan would do to data. Terraform's own `prevent_destroy` is part of the resource's block, so that it
 * goes with it: a renamed resource is destroyed without a word.
 */
export function guard(plan: Plan, { disposable = [], contents = {} }: GuardProps = {}): Refusal[] {
  return (plan.resource_changes ?? [])
    .filter(({ type, mode }) => type in DATA_HOLDERS && mode !== "data")
    .filter((change) => !disposable.includes(nameOf(change)) && !disposable.includes(change.address))
    .flatMap((change) => {
      const action = lossOf(change.change.actions);
      if (!action) return [];
      const name = nameOf(change);
      const what = describeHolder(change.type, name, contents);
      return [{ name, address: change.address, what, action, reason: reasonOf(change) }];
    });
}

/** What holds data, and can be made again without a loss of its own: what it holds is on the data volume. */
const REMADE: readonly string[] = ["aws_instance", "aws_key_pair"];

/** Something with data that a state knows, and that is not there any more. */
export interface Absence {
  /** The resource's own name. */
  readonly name: string;
  readonly address: string;
  /** What it was, and what was in it. */
  readonly what: string;
  /** The provider's id of it. */
  readonly id: string;
}

/**
 * Finds what holds data and was deleted outside of Terraform. Terraform would make another one, empty, in its place
 * without a word. Pure.
 */
export function absencesIn(plan: Plan, { disposable = [], contents = {} }: GuardProps = {}): Absence[] {
  return (plan.resource_drift ?? [])
    .filter(({ type, mode }) => type in DATA_HOLDERS && !REMADE.includes(type) && mode !== "data")
    .filter(({ deposed, change }) => deposed === undefined && change.actions.includes("delete"))
    .filter((change) => !disposable.includes(nameOf(change)) && !disposable.includes(change.address))
    .map((change) => {
      const name = nameOf(change);
      const id = change.change.before?.["id"];
      return {
        name,
        address: change.address,
        what: describeHolder(change.type, name, contents),
        id: typeof id === "string" ? id : name,
      };
    });
}

function describeHolder(type: string, name: string, contents: Readonly<Record<string, string>>): string {
  const kind = DATA_HOLDERS[type] ?? type;
  return contents[name] === undefined ? kind : `${kind} with ${contents[name]}`;
}

function lossOf(actions: readonly Action[]): Refusal["action"] | undefined {
  if (actions.includes("delete")) return actions.includes("create") ? "replace" : "delete";
  // Forgotten data is not gone, but nothing protects it any more.
  return actions.includes("forget") ? "forget" : undefined;
}

/** The name by which the resource's owner knows it. */
function nameOf({ address, change }: ResourceChange): string {
  const { name, bucket, tags, id } = change.before ?? {};
  const tag = typeof tags === "object" && tags !== null && "Name" in tags ? tags.Name : undefined;
  const found = [name, bucket, tag, id].find((value) => typeof value === "string" && value !== "");
  return typeof found === "string" ? found : address;
}

function reasonOf(resource: ResourceChange): string {
  const { change, deposed, action_reason: reason } = resource;
  const attributes = [...new Set((change.replace_paths ?? []).map(([attribute]) => String(attribute)))];
  if (deposed !== undefined) return "an earlier apply left it behind";
  if (attributes.length > 0) return `${attributes.join(", ")} can't be changed in place`;
  switch (reason) {
    case "delete_because_no_resource_config":
      return "no resource of that id is in the code any more: it was renamed or removed";
    case "replace_by_request":
      return "its replacement was asked for";
    case "replace_because_tainted":
      return "an earlier apply failed on it";
    case undefined:
      return "the plan says no reason";
    default:
      return reason.replaceAll("_", " ");
  }
}
