import { accessProblems } from "./problems/access";
import { awsProblems } from "./problems/aws";
import { engineProblems } from "./problems/engine";
import { hostProblems } from "./problems/host";
import { ownerProblems } from "./problems/owner";
import { pipelineProblems } from "./problems/pipeline";
import { terraformProblems } from "./problems/terraform";

/** Second part of the catalogue in `config/errors.ts`: what can be wrong with a machine or a run. */
export const machineProblems = {
  ...engineProblems,
  ...ownerProblems,
  ...terraformProblems,
  ...hostProblems,
  ...awsProblems,
  ...pipelineProblems,
  ...accessProblems,
} as const;
