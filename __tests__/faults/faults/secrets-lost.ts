import type { Fault } from "../support/fault";
import { type Trial, reasonIn } from "../support/trial";

/** The volume with the only copy of the passwords is gone, and so is the container that kept it in use. */
export const secretsLost: Fault = {
  number: 24,
  title: "secrets volume lost",
  where: ["local", "host"],
  survived: "refused before anything is made; one command repairs",
  minutes: 8,
  quiet: true,
  inject: async (trial) => {
    const { site } = trial;
    const { name } = site.clone;
    if (site.where === "local") await site.clone.mustMake("down");
    await site.docker(["rm", "-f", `${name}-holder`]);
    const users = await site.mustDocker(["ps", "-aq", "--filter", `volume=${name}-secrets`]);
    if (users.trim() !== "") await site.docker(["rm", "-f", ...users.trim().split("\n")]);
    await site.mustDocker(["volume", "rm", "-f", `${name}-secrets`]);
    const before = await site.volumes();
    const refused = await site.release();
    trial.check("the release is refused", refused.status !== 0);
    trial.check(
      "the refusal names the command that repairs",
      refused.output.includes("repair-access"),
      reasonIn(refused.output),
    );
    const after = await site.volumes();
    trial.check(
      "nothing was made",
      String(after) === String(before),
      `${after.join(" ")}, before: ${before.join(" ")}`,
    );
    if (refused.status !== 0) await repair(trial);
    trial.ended();
  },
};

/** Somebody clears up on the engine's machine. */
const PRUNE = [
  ["system", "prune", "-af", "--volumes"],
  ["volume", "prune", "-af"],
] as const;

/** Everything that is not in use right now is pruned, with the deployment up, and with it down. */
export const pruned: Fault = {
  number: 24,
  title: "docker system prune -af --volumes, and volume prune -af",
  where: ["local", "host"],
  ownEngine: true,
  survived:
    "nothing is lost and the next release succeeds, or it is refused before anything is made and one command repairs",
  minutes: 8,
  quiet: true,
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.dataVolumes();
    const moments = site.where === "local" ? ["up", "down"] : ["up"];
    for (const moment of moments) {
      if (moment === "down") await site.clone.mustMake("down");
      for (const command of PRUNE) await site.mustDocker(command);
      const after = await site.dataVolumes();
      const gone = before.filter((volume) => !after.includes(volume));
      trial.check(
        `no volume with data is gone after a prune with the deployment ${moment}`,
        gone.length === 0,
        gone.join(", "),
      );
      // Pruned, too: they come from a registry, which the trial plays.
      await site.loadBaseImages();
      site.clone.release(`pruned-${moment}`);
      const { status, output } = await site.release();
      if (status === 0) continue;
      trial.check("the release after it succeeds, or one command repairs", false, reasonIn(output));
      await repair(trial);
    }
    trial.ended();
  },
};

async function repair(trial: Trial): Promise<void> {
  const { site } = trial;
  const { command, outcome } = await site.repairAccess();
  trial.hand(command);
  trial.check("one command repairs", outcome.status === 0, reasonIn(outcome.output));
  const again = await site.release();
  trial.check("the release after it succeeds", again.status === 0, reasonIn(again.output));
}
