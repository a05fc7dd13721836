import type { Inventory } from "./inventory";

/** A synthesized stack's resources: type → id → arguments. */
export type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** One object of AWS that a state can be told of. */
export interface Importable {
  /** Address in the stack. */
  readonly address: string;
  /** By which Terraform's provider finds it on AWS. It may be that there is none. */
  readonly id: string;
}

/**
 * What a stack asks for, as far as AWS can have it: each with the id by which it is imported. Pure.
 *
 * @param resources of the stack
 * @param volume id of the data volume that is meant
 * @returns in the order in which it is imported: what holds data first
 */
export function importablesOf(resources: Resources, inventory: Inventory, volume: string): Importable[] {
  const named = (value: unknown): string | undefined => nameIn(resources, value);
  const context: Context = { inventory, volume, named };
  const found = Object.entries(resources).flatMap(([type, objects]) =>
    Object.entries(objects).flatMap(([key, object]): Importable[] => {
      const found = IDS[type]?.(object, context);
      return found === undefined || found.includes("undefined")
        ? []
        : [{ address: `${type}.${key}`, id: found }];
    }),
  );
  const rank = ({ address }: Importable): number => {
    const index = FIRST.indexOf(address.split(".")[0] ?? "");
    return index < 0 ? FIRST.length : index;
  };
  return found.sort((a, b) => rank(a) - rank(b));
}

const FIRST: readonly string[] = [
  "aws_ebs_volume",
  "aws_eip",
  "aws_s3_bucket",
  "aws_backup_vault",
  "aws_instance",
];

interface Context {
  readonly inventory: Inventory;
  /** Id of the data volume. */
  readonly volume: string;
  /** A name, given or of the resource that is referred to. */
  readonly named: (value: unknown) => string | undefined;
}

type IdOf = (object: Readonly<Record<string, unknown>>, context: Context) => string | undefined;

const bucket: IdOf = (_, { inventory }) => arnPart(inventory, /^arn:[\w-]+:s3:::([^/]+)$/);
const name: IdOf = (object, { named }) => named(object["name"]);

/** Of each type how its objects are found ("Import" in the provider's documentation of each resource). */
const IDS: Readonly<Record<string, IdOf>> = {
  aws_ebs_volume: (_, { volume }) => volume,
  aws_eip: (_, { inventory }) => inventory.addresses[0]?.id,
  aws_key_pair: (object, { named }) => named(object["key_name"]),
  aws_ssm_parameter: name,
  aws_s3_bucket: bucket,
  aws_s3_bucket_public_access_block: bucket,
  aws_s3_bucket_versioning: bucket,
  aws_s3_bucket_server_side_encryption_configuration: bucket,
  aws_s3_bucket_lifecycle_configuration: bucket,
  aws_s3_bucket_policy: bucket,
  aws_backup_vault: name,
  aws_backup_plan: (_, { inventory }) => arnPart(inventory, /:backup-plan:([\w-]+)$/),
  aws_iam_role: name,
  aws_iam_role_policy_attachment: (object, { named }) =>
    `${String(named(object["role"]))}/${String(object["policy_arn"])}`,
  aws_iam_role_policy: (object, { named }) => `${String(named(object["role"]))}:${String(object["name"])}`,
  aws_iam_instance_profile: name,
  aws_vpc: (_, { inventory }) => inventory.vpcs?.[0],
  aws_subnet: (_, { inventory }) => inventory.subnets?.[0],
  aws_internet_gateway: (_, { inventory }) => inventory.gateways?.[0],
  aws_route_table: (_, { inventory }) => inventory.routeTables?.[0],
  aws_route: (object, { inventory }) =>
    `${String(inventory.routeTables?.[0])}_${String(object["destination_cidr_block"])}`,
  aws_route_table_association: (_, { inventory }) =>
    `${String(inventory.subnets?.[0])}/${String(inventory.routeTables?.[0])}`,
  aws_security_group: (_, { inventory }) => inventory.groups?.[0],
  aws_vpc_security_group_ingress_rule: (object, { inventory }) =>
    inventory.rules?.find(
      ({ egress, port, network }) =>
        !egress && port === object["from_port"] && network === object["cidr_ipv4"],
    )?.id,
  aws_vpc_security_group_egress_rule: (_, { inventory }) => inventory.rules?.find(({ egress }) => egress)?.id,
  aws_instance: (_, { inventory }) => machineOf(inventory),
  aws_volume_attachment: (object, { inventory, volume }) =>
    `${String(object["device_name"])}:${volume}:${String(machineOf(inventory))}`,
  aws_eip_association: (_, { inventory }) => inventory.associations?.[0],
  aws_cloudwatch_metric_alarm: (object, { named }) => named(object["alarm_name"]),
};

/** The machine that has the data volume, else the only one. */
function machineOf({ volumes, machines }: Inventory): string | undefined {
  return volumes.flatMap((found) => found.machines)[0] ?? machines[0];
}

function arnPart({ arns = [] }: Inventory, pattern: RegExp): string | undefined {
  return arns.flatMap((arn) => pattern.exec(arn)?.[1] ?? [])[0];
}

/** A name as it stands in the code, or of the resource to which a reference like `${aws_iam_role.x.name}` leads. */
function nameIn(resources: Resources, value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const [, type = "", key = "", attribute = ""] = /^\$\{(\w+)\.([\w-]+)\.(\w+)\}$/.exec(value) ?? [];
  if (type === "") return value.includes("${") ? undefined : value;
  const referred = resources[type]?.[key]?.[attribute];
  return typeof referred === "string" && !referred.includes("${") ? referred : undefined;
}
