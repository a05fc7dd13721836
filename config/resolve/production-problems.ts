import type { Project } from "../deployment";
import { type Problem, problems } from "../errors";
import type { ProjectFacts } from "../project";
import { debugVariable, sslVariable } from "../project/overlay";
import type { PostgresqlUse } from "../project/production/postgresql";
import type { DeploymentSettings } from "../schema";

/** Kinds of a use that are told one by one. */
const MOST_TOLD = 5;

/** What may not go to production, or can't run there. What only the running settings show is refused by `migrate`. */
export function productionProblems(
  { project: { overlay }, local, host }: DeploymentSettings,
  project: Project,
  facts: ProjectFacts,
): Problem[] {
  const development = local.profile === "development" && host === undefined;
  return [
    ...databaseProblems(overlay, facts),
    ...(development || project.overlay ? [] : switchProblems(facts)),
  ];
}

function databaseProblems(overlay: boolean | undefined, facts: ProjectFacts): Problem[] {
  const { foreignEngine, postgresqlUses } = facts;
  const uses = byKind(postgresqlUses).slice(0, MOST_TOLD);
  return [
    ...uses.map(({ first, count }) => problems.postgresqlOnly(first.file, first.line, first.what, count - 1)),
    // Our settings over it are the second step, which the user must take.
    ...(foreignEngine === undefined || overlay === true
      ? []
      : [problems.foreignEngine(foreignEngine.file, foreignEngine.line, foreignEngine.engine)]),
  ];
}

function byKind(uses: readonly PostgresqlUse[]): { readonly first: PostgresqlUse; readonly count: number }[] {
  const kinds = new Map<string, PostgresqlUse[]>();
  for (const use of uses) kinds.set(use.what, [...(kinds.get(use.what) ?? []), use]);
  return [...kinds.values()].flatMap((all) => (all[0] ? [{ first: all[0], count: all.length }] : []));
}

function switchProblems(facts: ProjectFacts): Problem[] {
  const { debug, sslRedirect } = facts;
  return [
    ...(debug.on === true && debugVariable(facts) === undefined
      ? [problems.debugIsOn(placeOf(debug), debug)]
      : []),
    ...(sslRedirect.on === true && sslVariable(facts) === undefined
      ? [problems.redirectToNowhere(placeOf(sslRedirect), sslRedirect)]
      : []),
  ];
}

function placeOf({ place }: ProjectFacts["debug"]): string {
  return place === undefined ? "the settings" : `${place.file}, line ${place.line}`;
}
