import { addMigration, added, modelsOf, removeMigration } from "../../e2e/support/migrations";
import type { Outcome } from "../../e2e/support/run";
import type { Fault } from "../support/fault";
import type { Site } from "../support/site";
import { reasonIn } from "../support/trial";

/** A release adds a column that must have a value, and is taken back: the code before does not know the column. */
export const columnWithDefault: Fault = {
  number: 3,
  title: "a NOT NULL column with a default, then the release taken back",
  where: ["local", "host"],
  survived: "no request failed before, during and after; also when the release is taken back",
  minutes: 8,
  inject: async (trial) => {
    const { site } = trial;
    const { clone } = site;
    const models = modelsOf(clone);
    const before = await site.serving();
    const name = addMigration(clone, "stars", {
      operations: 'migrations.AddField("entry", "stars", models.IntegerField(default=3))',
      models: [added("stars = models.IntegerField(default=3)")],
    });
    clone.release("with a column");
    const { status, output } = await site.release();
    trial.check("the release succeeds", status === 0, reasonIn(output));
    trial.check("it serves", (await site.serving()) === "with a column");
    const back =
      site.where === "host" ? await clone.make("rollback") : await goBack(site, name, models, before);
    trial.check("the way back succeeds", back.status === 0, reasonIn(back.output));
    const serving = await site.serving();
    trial.check("the release before serves", serving === before, serving);
    await site.isWell();
    const [stars] = await site.sql("SELECT stars FROM entries_entry ORDER BY id DESC LIMIT 1;");
    trial.check("a row of the older code has the default", stars === "3", stars);
  },
  judge: (trial, seen) => trial.checkNoneFailed(seen),
};

/** On this computer a person goes back in git, and deploys what is there. */
async function goBack(site: Site, migration: string, models: string, release: string): Promise<Outcome> {
  removeMigration(site.clone, migration, models);
  site.clone.release(release);
  return site.release();
}
