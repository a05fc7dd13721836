import { gitHubProblems } from "./problems/github";
import { hostProblems } from "./problems/host";
import { inputProblems } from "./problems/input";
import { networkProblems } from "./problems/network";
import { projectProblems } from "./problems/project";

export * from "./problems/problem";

/** The catalogue: every message of the program that a user can meet before anything is deployed, by what went wrong. */
export const problems = {
  ...inputProblems,
  ...projectProblems,
  ...hostProblems,
  ...networkProblems,
  ...gitHubProblems,
} as const;
