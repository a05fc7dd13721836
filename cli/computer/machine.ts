import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The machine's own builds of official images, by which one they stand for. */
export type MachineImages = Readonly<Partial<Record<"python" | "nginx" | "mariadb", string>>>;

/** What `tools/setup` found or made on this machine. */
export interface Machine {
  /** CLI configuration of Terraform that names a mirror of providers; absolute. */
  readonly terraformConfig?: string;
  /** `terraform`, `tofu`, or the path of either. */
  readonly terraformBinary?: string;
  /** Images that were built here because no registry answers, by the official image that each stands for. */
  readonly images?: MachineImages;
  /** Certificates that pip trusts in builds; absolute. */
  readonly caBundle?: string;
}

/** Reads `.deployment/machine.json`; a machine that needed nothing has none. */
export function readMachine(root: string): Machine {
  const file = join(root, ".deployment", "machine.json");
  // Written by tools/lib/machine.mjs and nobody else.
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Machine) : {};
}

/** The variables of the stacks that a machine sets, as Terraform reads them from the environment. */
export function terraformVariables({ images = {}, caBundle }: Machine): Record<string, string> {
  const variables = Object.entries(images).map(([base, name]) => [`TF_VAR_${base}_image`, name]);
  if (caBundle !== undefined) variables.push(["TF_VAR_ca_bundle", caBundle]);
  return Object.fromEntries(variables) as Record<string, string>;
}
