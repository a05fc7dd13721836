import { HOST_FOLDER } from "../../../cli/host/ssh";
import type { Fault } from "../support/fault";
import { reasonIn } from "../support/trial";

/** All that the release program has written down, but for the link to the release that serves. */
const EMPTIED =
  "number served.json image-id base-images.json receipts/*.json jobs/*.json address lock.holder unwritten";

const EMPTY = `cd ${HOST_FOLDER} && for name in ${EMPTIED}; do
  for file in $name releases/*/$name; do [ ! -f "$file" ] || : >"$file"; done
done`;

/** What the release program has noted is empty: an editor, a restore of a backup, a file system that was damaged. */
export const notesEmptied: Fault = {
  number: 33,
  title: "every note of the release program emptied",
  where: ["host"],
  survived:
    "status answers; the next release succeeds and fails no request; so does the way back to the one before",
  minutes: 8,
  inject: async (trial) => {
    const { site } = trial;
    await site.onMachine(EMPTY);
    trial.ended();
    const status = await site.clone.make("status", { args: "--host" });
    trial.check("status answers", status.status === 0, reasonIn(status.output));
    const releases = await site.clone.make("releases");
    trial.check("releases are listed", releases.status === 0, reasonIn(releases.output));
    for (const name of ["after the notes", "after the notes, the second"]) {
      site.clone.release(name);
      const { status, output } = await site.release();
      trial.check(`the release "${name}" succeeds`, status === 0, reasonIn(output));
      trial.check("it serves", (await site.serving()) === name);
    }
    const back = await site.clone.make("rollback");
    trial.check("the way back succeeds", back.status === 0, reasonIn(back.output));
    trial.check("it leads to the release before", (await site.serving()) === "after the notes");
  },
  judge: (trial, { failures }) =>
    trial.check(
      "no request fails",
      failures.length === 0,
      `${failures.length}: ${failures[0]?.reason ?? ""}`,
    ),
};
