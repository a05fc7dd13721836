import { setTimeout as sleep } from "node:timers/promises";
import type { Clone } from "../../e2e/support/clone";
import { addMigration, added } from "../../e2e/support/migrations";
import type { Fault } from "../support/fault";
import { SETTINGS } from "../support/settings";
import { reasonIn } from "../support/trial";

/** Seconds that the migration takes. */
const TAKES = SETTINGS.long ? 600 : 40;

/** Seconds after the migration's end in which the release must serve. */
const SERVES = 120;

/** Refuses every packet of ssh, as a network that is gone. */
const RULE = "INPUT -p tcp --dport 22 -j REJECT --reject-with tcp-reset";

/** The connection to the host breaks while a migration takes its time. */
export const longMigration: Fault = {
  number: 5,
  title: `a migration of ${TAKES} s, and the ssh connection lost meanwhile`,
  where: ["host"],
  survived: "the old release serves meanwhile and no request failed; the release goes on alone and serves",
  minutes: TAKES / 60 + 6,
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.serving();
    const row = "'before the long migration', '', '', NOW()";
    await site.sql(`INSERT INTO entries_entry (name, message, image, created) VALUES (${row});`);
    addLong(site.clone);
    site.clone.release("after a long migration");
    const release = site.startRelease();
    const started = await trial.within(240, () => Promise.resolve(release.output().includes("==> migrate")));
    trial.check("the migration begins", started, reasonIn(release.output()));
    const began = Date.now();
    await sleep((TAKES / 4) * 1000);
    await site.onMachine(`iptables -I ${RULE}`);
    const { status, output } = await release.done;
    await site.onMachine(`iptables -D ${RULE}`);
    trial.check(
      "the command says that the connection broke",
      status !== 0 && output.includes("broke"),
      reasonIn(output),
    );
    trial.check("the old release serves meanwhile", (await site.serving()) === before);
    const rest = TAKES + SERVES - (Date.now() - began) / 1000;
    const serves = await trial.within(rest, async () => (await site.serving()) === "after a long migration");
    trial.check(`the release serves within ${SERVES} s of its migration, by nobody's hand`, serves);
    trial.ended();
    const seconds = (Date.now() - began) / 1000;
    trial.check("the migration took its time", seconds >= TAKES, `${seconds.toFixed(0)} s`);
    const rows = await site.sql(
      `SELECT DISTINCT visits FROM entries_entry WHERE name = 'before the long migration';`,
    );
    trial.check("Python is done once", rows.join() === "1", rows.join(", "));
  },
  judge: (trial, seen) => trial.checkNoneFailed(seen),
};

/** Adds a migration that changes the rows bit by bit in one transaction, between two changes of the schema. */
function addLong(clone: Clone): void {
  addMigration(clone, "long", {
    functions: `import time


def count(apps, editor):
    entries = apps.get_model("entries", "Entry").objects
    ids = list(entries.order_by("id").values_list("id", flat=True))
    for second in range(${TAKES}):
        entries.filter(id__in=ids[second::${TAKES}]).update(visits=models.F("visits") + 1)
        time.sleep(1)`,
    operations: `
        migrations.AddField("entry", "visits", models.IntegerField(default=0)),
        migrations.RunPython(count, migrations.RunPython.noop),
        migrations.AddIndex("entry", models.Index(fields=["visits"], name="entries_visits")),
    `,
    models: [
      added("visits = models.IntegerField(default=0)"),
      [
        "ordering = [",
        'indexes = [models.Index(fields=["visits"], name="entries_visits")]\n        ordering = [',
      ],
    ],
  });
}
