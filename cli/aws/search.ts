import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { STACK_FILE, readStackJson } from "../terraform/stack-file";
import { AWS_SEARCH } from "../terraform/terraform";
import type { Workspace } from "../workspace/workspace";
import { type Inventory, parseInventory } from "./inventory";
import { type AwsAccess, type SearchModuleProps, searchModule } from "./search-module";

/**
 * Asks AWS what it has of the deployment, the way that the stacks do: with the provider, the credentials and the settings
 * of `host-data`, which must have been synthesized. Changes nothing.
 */
export async function searchAws(
  { deployment, terraform }: Workspace,
  options: Pick<SearchModuleProps, "forImport" | "withKeyPair"> = {},
): Promise<Inventory> {
  const folder = terraform.folderOf(AWS_SEARCH);
  const access = accessOf(terraform.folderOf("host-data"));
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, STACK_FILE),
    JSON.stringify(searchModule({ name: deployment.name, access, ...options })),
  );
  const stack = terraform.stack(AWS_SEARCH);
  const planned = await stack.plan({});
  stack.discard(planned.file);
  return parseInventory(planned.plan);
}

/** The stack, and what Terraform lays over it. */
function accessOf(folder: string): AwsAccess[] {
  const overrides = readdirSync(folder).filter((name) => name.endsWith("override.tf.json"));
  return [STACK_FILE, ...overrides.sort()].map((name) => readStackJson(folder, name) as AwsAccess);
}
