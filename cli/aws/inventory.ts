import * as z from "zod";
import type { Plan } from "../terraform/plan";

const inventorySchema = z.object({
  /** Id of the account that the credentials belong to. */
  account: z.string(),
  /** Data volumes. */
  volumes: z.array(
    z.object({
      id: z.string(),
      /** GiB. */
      size: z.number(),
      zone: z.string(),
      /** In ISO 8601. */
      created: z.string(),
      /** Ids of the deployment's machines that have it. */
      machines: z.array(z.string()),
    }),
  ),
  /** Public addresses. */
  addresses: z.array(z.object({ id: z.string(), address: z.string() })),
  /** Ids of machines that were not terminated. */
  machines: z.array(z.string()),
  /** Ids of snapshots of the data volume, the newest first. */
  snapshots: z.array(z.string()),
  arns: z.array(z.string()).optional(),
  vpcs: z.array(z.string()).optional(),
  subnets: z.array(z.string()).optional(),
  routeTables: z.array(z.string()).optional(),
  /** Ids of security groups. */
  groups: z.array(z.string()).optional(),
  gateways: z.array(z.string()).optional(),
  rules: z
    .array(
      z.object({
        id: z.string(),
        egress: z.boolean(),
        port: z.number().nullable(),
        network: z.string().nullable(),
      }),
    )
    .optional(),
  /** Ids of associations of an address with a machine. */
  associations: z.array(z.string()).optional(),
  publicKey: z.string().optional(),
});

/** What AWS has with the tags of a deployment (search-module.ts). */
export type Inventory = z.output<typeof inventorySchema>;

/** A data volume that AWS has. */
export type FoundVolume = Inventory["volumes"][number];

/** @param plan of the search module */
export function parseInventory(plan: Plan): Inventory {
  return inventorySchema.parse(plan.planned_values?.outputs?.["found"]?.value);
}

/** A volume in a few words. */
export function describeVolume({ id, size, zone, created, machines }: FoundVolume): string {
  const user =
    machines.length === 0 ? "attached to none of its machines" : `attached to ${machines.join(", ")}`;
  return `${id} (${size} GiB, ${zone}, made ${created}, ${user})`;
}
