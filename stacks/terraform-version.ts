import { App, type TerraformStack } from "cdktf";

/**
 * Says with which versions of Terraform a stack works.
 *
 * As HCL it is not said: cdktf's writer of HCL knows no `required_version`, and writes what Terraform refuses.
 *
 * @param version a constraint, for example `>= 1.11`
 */
export function requireTerraform(stack: TerraformStack, version: string): void {
  if (!App.of(stack).hclOutput) stack.addOverride("terraform.required_version", version);
}
