import type { Fault } from "../support/fault";
import { reasonIn } from "../support/trial";

const ENV_FILE = "examples/guestbook/.env";

/** A password of the database's own user comes with `.env`, and goes again. */
export const passwordChanged: Fault = {
  number: 25,
  title: "DATABASE_PASSWORD set in .env, then removed, then web restarted",
  where: ["local", "host"],
  survived:
    "adopted, or refused by name with nothing changed; the release without it succeeds; the site serves after a restart",
  minutes: 6,
  inject: async (trial) => {
    const { site } = trial;
    site.clone.write(ENV_FILE, "DATABASE_PASSWORD=a-password-of-the-user\n");
    const set = await site.release();
    trial.check(
      "the release with it is adopted, or refused by name",
      set.status === 0 || set.output.includes("DATABASE_PASSWORD"),
      reasonIn(set.output),
    );
    trial.check("the site serves after it", await trial.within(10, () => site.isWell()));
    site.clone.remove(ENV_FILE);
    const unset = await site.release();
    trial.check("the release without it succeeds", unset.status === 0, reasonIn(unset.output));
    trial.check("the site serves after it is gone", await trial.within(10, () => site.isWell()));
    const { Id } = await site.container("web");
    await site.docker(["restart", Id]);
    trial.ended();
  },
};
