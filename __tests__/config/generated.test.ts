import * as fc from "fast-check";
import { applicationOf } from "../../application/model";
import { describeProblem } from "../../config/errors";
import { validate } from "../../config/load/validate";
import type { DeploymentSettings } from "../../config/schema";
import { corruptedInputs, deploymentOf, deployments, inputs } from "../support/arbitraries";
import { repetitions } from "../support/repetitions";
import { unsoundnessOf } from "../support/soundness";

// 10,000 deployments in all, and the machine that runs them may be busy.
jest.setTimeout(600_000);

const ACCEPTED = repetitions(2000);
const REFUSED = repetitions(4000);
const SOUND = repetitions(4000);

describe("of generated deployments", () => {
  it(`${ACCEPTED} that the schema should accept, it accepts`, () => {
    fc.assert(
      fc.property(inputs, (input) => {
        expect(validate(input).problems).toEqual([]);
      }),
      { numRuns: ACCEPTED },
    );
  });

  it(`${REFUSED} with something wrong get problems that say where, what and what to do, and the model stands the rest`, () => {
    let refused = 0;
    fc.assert(
      fc.property(corruptedInputs, (input) => {
        const { problems, settings } = validate(input);
        refused += problems.length > 0 ? 1 : 0;
        const messages = problems.map(describeProblem);
        expect(messages.filter((message) => !COMPLETE.test(message) || message.length > 1000)).toEqual([]);
        expect(new Set(problems.map(({ place }) => place)).size).toBe(problems.length);
        expect(settings ?? problems.length > 0).toBeTruthy();
        if (settings && !sharesName(settings))
          expect(applicationOf(deploymentOf(settings)).services.length).toBeGreaterThan(2);
      }),
      { numRuns: REFUSED },
    );
    expect(refused).toBeGreaterThan(0.75 * REFUSED);
  });

  it(`${SOUND} become sound applications`, () => {
    fc.assert(
      fc.property(deployments, (deployment) => {
        expect(unsoundnessOf(applicationOf(deployment), deployment)).toEqual([]);
      }),
      { numRuns: SOUND },
    );
  });
});

/** Whether a job has the name of a process: that is refused before there is a model. */
function sharesName({ processes, jobs }: DeploymentSettings): boolean {
  return Object.keys(jobs).some((name) => Object.hasOwn(processes, name));
}

/** Place and value, expectation, advice: no part empty, nothing undefined. */
const COMPLETE =
  /^✗ (?!undefined)\S.* is \S.*\n {4}expected: (?!undefined)\S.*\n {4}to do: {4}(?!.*undefined$)\S.*$/;
