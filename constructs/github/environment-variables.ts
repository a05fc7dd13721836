import { ActionsEnvironmentVariable } from "@cdktf/provider-github/lib/actions-environment-variable";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { GitHub } from "../../config/github";

export interface EnvironmentVariablesProps {
  readonly github: GitHub;
  /** The environment that they are put into. */
  readonly environment: ITerraformDependable;
  /** Name → value; may be tokens. */
  readonly values: Readonly<Record<string, string>>;
}

/** The variables of an environment: what the workflow reads, and everybody may. */
export class EnvironmentVariables extends Construct {
  /** All of them. */
  public readonly variables: readonly ITerraformDependable[];

  public constructor(
    scope: Construct,
    id: string,
    { github, environment, values }: EnvironmentVariablesProps,
  ) {
    super(scope, id);
    this.variables = Object.entries(values).map(
      ([variableName, value]) =>
        new ActionsEnvironmentVariable(this, variableName, {
          repository: github.repository,
          environment: github.environment,
          variableName,
          value,
          dependsOn: [environment],
        }),
    );
  }
}
