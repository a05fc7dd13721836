import { ActionsEnvironmentSecret } from "@cdktf/provider-github/lib/actions-environment-secret";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Ciphertexts } from "../../config/files/sealed";
import type { GitHub } from "../../config/github";

export interface EnvironmentSecretsProps {
  readonly github: GitHub;
  /** The environment that they are put into. */
  readonly environment: ITerraformDependable;
  /** Values that anybody may know: they are in Terraform's state as they are. */
  readonly known: Readonly<Record<string, string>>;
  /** Values that GitHub alone can open. */
  readonly sealed: Ciphertexts;
}

/** The secrets of an environment. */
export class EnvironmentSecrets extends Construct {
  /** All of them. */
  public readonly secrets: readonly ITerraformDependable[];

  public constructor(
    scope: Construct,
    id: string,
    { github, environment, known, sealed }: EnvironmentSecretsProps,
  ) {
    super(scope, id);
    const secret = (
      secretName: string,
      value: { readonly plaintextValue: string } | { readonly encryptedValue: string },
    ): ITerraformDependable =>
      new ActionsEnvironmentSecret(this, secretName, {
        repository: github.repository,
        environment: github.environment,
        secretName,
        ...value,
        dependsOn: [environment],
      });
    this.secrets = [
      ...Object.entries(known).map(([name, plaintextValue]) => secret(name, { plaintextValue })),
      ...Object.entries(sealed).map(([name, encryptedValue]) => secret(name, { encryptedValue })),
    ];
  }
}
