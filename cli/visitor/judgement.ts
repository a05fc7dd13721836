import type { Visit, Visits } from "./visit";

/** What a release has made of the pages that are known. */
export interface Judgement {
  /** What visitors would not be served, a sentence each. */
  readonly failures: readonly string[];
  /** What works otherwise than before, and what a first release has no page for, a sentence each. */
  readonly changes: readonly string[];
}

/**
 * Judges what visitors get. Pure.
 *
 * @param after the pages as they are now
 * @param before the pages as they were before the release; empty for a first release
 */
export function judge(after: Visits, before: Visits): Judgement {
  const failures: string[] = [];
  const changes: string[] = [];
  for (const now of after) {
    const then = before.find(({ path }) => path === now.path);
    const failure = failureOf(now);
    if (failure !== undefined) failures.push(`${nameOf(now)} ${failure}${comparedWith(then)}`);
    else if (isGood(then) && (now.status ?? 0) >= 400)
      changes.push(`${nameOf(now)} answers ${now.status ?? "nothing"}${comparedWith(then)}`);
    else if (then === undefined && now.status === 404)
      changes.push(`${nameOf(now)} answers 404: the project has no page there`);
  }
  return { failures, changes };
}

/** Why a visitor is not served; undefined when the answer is one. */
function failureOf({ endless, status, https }: Visit): string | undefined {
  if (https !== undefined) return `redirects to ${https}, and nothing answers https here`;
  if (endless) return "redirects without an end, which browsers give up on";
  if (status === undefined) return "does not answer";
  if (status >= 500) return `answers ${status}`;
  if (status === 400) return "answers 400, as Django does to a host name that ALLOWED_HOSTS doesn't have";
  return undefined;
}

function isGood(visit: Visit | undefined): boolean {
  return visit?.status !== undefined && visit.status < 400 && failureOf(visit) === undefined;
}

function nameOf({ path, end }: Visit): string {
  return end === undefined ? path : `${path} (which redirects to ${end})`;
}

function comparedWith(then: Visit | undefined): string {
  if (then === undefined) return "";
  return then.status === undefined ? "; before it did not answer" : `; before it answered ${then.status}`;
}
