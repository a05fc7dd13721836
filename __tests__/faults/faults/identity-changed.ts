import type { DeploymentInput } from "../../../config";
import type { Fault } from "../support/fault";
import type { Site } from "../support/site";
import { reasonIn } from "../support/trial";

interface Change {
  readonly key: string;
  readonly input: (site: Site) => Partial<DeploymentInput>;
  /** What the refusal must say. */
  readonly says: RegExp;
  /** Not refused, but done with the same data. @default false */
  readonly allowed?: boolean;
  readonly onlyLocal?: boolean;
}

const CHANGES: readonly Change[] = [
  { key: "name", input: ({ clone }) => ({ name: `${clone.name}-b` }), says: /\bname\b[^]*folder/ },
  { key: "database.name", input: () => ({ database: { name: "another" } }), says: /database\.name/ },
  { key: "database.version", input: () => ({ database: { version: "11.4" } }), says: /database\.version/ },
  {
    key: "local.profile",
    input: () => ({ local: { profile: "development" } }),
    says: /local\.profile/,
    allowed: true,
    onlyLocal: true,
  },
];

/** Commands that delete data: no way out of a changed key may be one. */
const DESTROYS = /destroy-data|--destroy-volume|--lose/;

/** A key of `deployment.ts` changes that the data which are there don't fit. */
export const identityChanged: readonly Fault[] = CHANGES.map(({ key, input, says, allowed, onlyLocal }) => ({
  number: 28,
  title: `${key} changed${key.endsWith("version") ? " to an older one" : ""}`,
  where: onlyLocal === true ? ["local"] : ["local", "host"],
  survived: `${allowed === true ? "done with the same data, or " : ""}refused by name; data whole; no command offered that deletes data`,
  minutes: 8,
  inject: async (trial) => {
    const { site } = trial;
    site.configure(input(site));
    const { status, output } = await site.release();
    if (status !== 0 || allowed !== true) {
      trial.check("it is refused", status !== 0);
      trial.check("the refusal says the key", says.test(output), reasonIn(output));
      trial.check(
        "no command is offered that deletes data",
        !DESTROYS.test(output),
        DESTROYS.exec(output)?.[0],
      );
    }
    site.configure();
    const back = await site.release();
    trial.check("with the key as it was, the release succeeds", back.status === 0, reasonIn(back.output));
    // What was begun under the other name is the trial's own.
    if (key === "name" && site.where === "local") await site.clone.docker.wipe(`${site.clone.name}-b`);
  },
}));
