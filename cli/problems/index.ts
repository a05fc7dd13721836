import { accessProblems } from "./access";
import { awsProblems } from "./aws";
import { engineProblems } from "./engine";
import { hostProblems } from "./host";
import { ownerProblems } from "./owner";
import { pipelineProblems } from "./pipeline";
import { terraformProblems } from "./terraform";

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
