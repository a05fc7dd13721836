/** The part of a stack's JSON by which Terraform reaches AWS. */
export interface AwsAccess {
  readonly terraform?: { readonly required_providers?: unknown };
  readonly provider?: { readonly aws?: readonly Readonly<Record<string, unknown>>[] };
}

export interface SearchModuleProps {
  /** Name of the deployment. */
  readonly name: string;
  /** A synthesized stack, and the files that Terraform lays over it: later ones win. */
  readonly access: readonly AwsAccess[];
  /** With what only an import needs. @default false */
  readonly forImport?: boolean;
  /** With the public half of the key pair, which must be there. @default false */
  readonly withKeyPair?: boolean;
}

/** Instances that were not terminated. */
const STANDING = ["pending", "running", "stopping", "stopped"];

/**
 * A Terraform module that makes nothing: it asks AWS, with the stacks' own provider and credentials, what is there with
 * the tags of a deployment, and says so in the output `found` (inventory.ts). Pure.
 */
export function searchModule(props: SearchModuleProps): object {
  const { access, forImport = false, withKeyPair = false } = props;
  const basic = basicSearch(props.name);
  const further: Search = forImport ? importSearch(props.name) : { data: {}, found: {} };
  const key: Search = withKeyPair
    ? {
        data: { aws_key_pair: { deploy: { key_name: props.name, include_public_key: true } } },
        found: { publicKey: "${data.aws_key_pair.deploy.public_key}" },
      }
    : { data: {}, found: {} };
  const providers = access.flatMap(({ provider }) => provider?.aws ?? []);
  return {
    terraform: {
      required_providers: access.find(({ terraform }) => terraform)?.terraform?.required_providers,
      backend: { local: {} },
    },
    provider: { aws: [Object.assign({}, ...providers) as object] },
    data: merged(basic.data, further.data, key.data),
    output: { found: { value: { ...basic.found, ...further.found, ...key.found } } },
  };
}

interface Search {
  /** Data sources: type → name → arguments. */
  readonly data: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly found: Readonly<Record<string, string>>;
}

function basicSearch(name: string): Search {
  const tags = { "django-deployment": name };
  return {
    data: {
      aws_caller_identity: { me: {} },
      // The root volume of the machine has the tag of the deployment, too.
      aws_ebs_volumes: { data: { tags: { ...tags, Name: `${name}-data` } } },
      aws_ebs_volume: {
        data: {
          for_each: "${toset(data.aws_ebs_volumes.data.ids)}",
          filter: [{ name: "volume-id", values: ["${each.key}"] }],
        },
      },
      aws_instances: { machines: { instance_tags: tags, instance_state_names: STANDING } },
      aws_instance: {
        machine: { for_each: "${toset(data.aws_instances.machines.ids)}", instance_id: "${each.key}" },
      },
      aws_eips: { all: { tags } },
      aws_ebs_snapshot_ids: {
        all: { owners: ["self"], filter: [{ name: "tag:django-deployment", values: [name] }] },
      },
    },
    found: {
      account: "${data.aws_caller_identity.me.account_id}",
      volumes:
        "${[for id, v in data.aws_ebs_volume.data : { id = id, size = v.size, zone = v.availability_zone, created = v.create_time, machines = [for m in data.aws_instance.machine : m.id if contains([for d in m.ebs_block_device : d.volume_id], id)] }]}",
      addresses:
        "${[for i, id in data.aws_eips.all.allocation_ids : { id = id, address = data.aws_eips.all.public_ips[i] }]}",
      machines: "${data.aws_instances.machines.ids}",
      snapshots: "${data.aws_ebs_snapshot_ids.all.ids}",
    },
  };
}

function importSearch(name: string): Search {
  const tags = { "django-deployment": name };
  const filter = [{ name: "tag:django-deployment", values: [name] }];
  return {
    data: {
      aws_resourcegroupstaggingapi_resources: {
        all: { tag_filter: [{ key: "django-deployment", values: [name] }] },
      },
      aws_vpcs: { all: { tags } },
      aws_subnets: { all: { filter } },
      aws_route_tables: { all: { filter } },
      aws_security_groups: { all: { filter: [...filter, { name: "group-name", values: [name] }] } },
      aws_internet_gateway: {
        all: {
          for_each: "${toset(data.aws_vpcs.all.ids)}",
          filter: [{ name: "attachment.vpc-id", values: ["${each.key}"] }],
        },
      },
      aws_vpc_security_group_rules: { all: { filter } },
      aws_vpc_security_group_rule: {
        all: {
          for_each: "${toset(data.aws_vpc_security_group_rules.all.ids)}",
          security_group_rule_id: "${each.key}",
        },
      },
      aws_eip: { all: { for_each: "${toset(data.aws_eips.all.allocation_ids)}", id: "${each.key}" } },
    },
    found: {
      arns: "${[for r in data.aws_resourcegroupstaggingapi_resources.all.resource_tag_mapping_list : r.resource_arn]}",
      vpcs: "${data.aws_vpcs.all.ids}",
      subnets: "${data.aws_subnets.all.ids}",
      routeTables: "${data.aws_route_tables.all.ids}",
      groups: "${data.aws_security_groups.all.ids}",
      gateways: "${[for g in data.aws_internet_gateway.all : g.id]}",
      rules:
        "${[for id, r in data.aws_vpc_security_group_rule.all : { id = id, egress = r.is_egress, port = r.from_port, network = r.cidr_ipv4 }]}",
      associations: "${compact([for a in data.aws_eip.all : a.association_id])}",
    },
  };
}

function merged(...parts: readonly Search["data"][]): Search["data"] {
  const all: Record<string, Record<string, object>> = {};
  for (const part of parts) {
    for (const [type, sources] of Object.entries(part)) all[type] = { ...all[type], ...sources };
  }
  return all;
}
