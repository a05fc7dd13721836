import { addMigration, added } from "../../e2e/support/migrations";
import type { Fault } from "../support/fault";
import { replace } from "../support/guestbook";
import { reasonIn } from "../support/trial";

const OPERATIONS = "examples/guestbook/config/operations.py";

/** Seconds for which a release may try to become healthy. */
const START = 30;

/** The code of a release is never healthy, and its migration has run. */
export const neverHealthy: Fault = {
  number: 6,
  title: "a release that never becomes healthy, after its migration ran",
  where: ["local", "host"],
  survived:
    "the release fails; the one before serves reads and writes, and no request failed; the next good release succeeds",
  minutes: 8,
  prepare: async (site) => {
    site.clone.release("before the ill one");
    await site.mustRelease();
  },
  inject: async (trial) => {
    const { site } = trial;
    const { clone } = site;
    addMigration(clone, "ill", {
      operations: 'migrations.AddField("entry", "mood", models.CharField(max_length=20, default="good"))',
      models: [added('mood = models.CharField(max_length=20, default="good")')],
    });
    const healthy = clone.read(OPERATIONS);
    replace(
      clone,
      OPERATIONS,
      'JsonResponse({"status": "ok"})',
      'JsonResponse({"status": "ill"}, status=503)',
    );
    clone.release("ill");
    site.configure({ web: { startTimeout: START } });
    const { status, output } = await site.release();
    trial.check("the release fails", status !== 0, reasonIn(output));
    const columns = await site.sql("SHOW COLUMNS FROM entries_entry LIKE 'mood';");
    trial.check("its migration ran", columns.length === 1);
    const serving = await site.serving();
    trial.check("the release before serves", serving === "before the ill one", serving);
    trial.check("visitors can write", await site.isWell());
    trial.ended();
    clone.write(OPERATIONS, healthy);
    clone.release("healthy again");
    site.configure();
    const next = await site.release();
    trial.check("the next release succeeds", next.status === 0, reasonIn(next.output));
  },
  judge: (trial, seen) => trial.checkNoneFailed(seen),
};
