import type { Deployment } from "../../config/deployment";
import { DeploymentError, describeProblem } from "../../config/errors";
import { loadDeployment } from "../../config/load";
import { validate } from "../../config/load/validate";
import { deploymentSchema } from "../../config/schema";
import { deploymentOf } from "./arbitraries";
import { ROOT } from "./guestbook";

/** The section `project` of the guestbook. */
export const PROJECT = { folder: "examples/guestbook" };

/** What a user reads about sections of `deployment.ts`, as the schema alone sees them. */
export function complaintsAbout(sections: object): string[] {
  return validate({ project: PROJECT, ...sections }).problems.map(describeProblem);
}

/** What a user reads about a whole deployment of the guestbook. @throws when it is accepted */
export function refusal(sections: object): string {
  try {
    loadDeployment({ project: PROJECT, ...sections }, ROOT, { withKeys: false });
  } catch (error) {
    if (error instanceof DeploymentError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}

/** The guestbook's deployment with some sections of `deployment.ts`. */
export function resolved(sections: object): Deployment {
  return deploymentOf(deploymentSchema.parse({ project: PROJECT, ...sections }));
}
