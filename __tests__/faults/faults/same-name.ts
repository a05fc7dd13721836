import { Clone } from "../../e2e/support/clone";
import type { Outcome } from "../../e2e/support/run";
import type { Fault } from "../support/fault";
import { TRIED_COMMIT } from "../support/settings";
import { reasonIn } from "../support/trial";

/** Another project of the same name on the same engine: brought up, and its data destroyed. */
export const sameName: Fault = {
  number: 26,
  title: "two projects of one name on one engine; destroy-data of the wrong one",
  where: ["local"],
  survived: "refused, both folders named; the first serves on",
  minutes: 8,
  inject: async (trial) => {
    const { clone } = trial.site;
    const other = await Clone.create("flt-other", { like: clone, commit: TRIED_COMMIT });
    // A project of its own, not a second checkout of the first.
    other.remove("deployment.id");
    other.configure({ name: clone.name });
    other.release("of the other project");
    const serving = await clone.serving();
    const judge = (what: string, { status, output }: Outcome): void => {
      trial.check(`${what} is refused`, status !== 0, reasonIn(output));
      const named = [clone, other].filter(({ folder }) => output.includes(folder));
      trial.check(`${what} names both folders`, named.length === 2, reasonIn(output));
    };
    judge("make up of the other", await other.make("up"));
    trial.check("the first serves on", (await clone.serving().catch(String)) === serving);
    judge("destroy-data of the other", await other.make("destroy-data", { args: `--name ${clone.name}` }));
    trial.ended();
  },
};
