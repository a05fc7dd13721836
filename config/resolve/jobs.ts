import type { Job } from "../deployment";
import { type Problem, problems } from "../errors";
import { wordsOf } from "../grammar/command";
import { isSchedule, readSchedule } from "../grammar/schedule";
import type { DeploymentSettings } from "../schema";

/** The jobs of `deployment.ts`, in its order. A schedule that can't be read counts as none. Pure. */
export function resolveJobs({ jobs }: Pick<DeploymentSettings, "jobs">): Job[] {
  return Object.entries(jobs).map(([name, { schedule: written, command, ...settings }]) => {
    const schedule = written === undefined ? undefined : readSchedule(written);
    return {
      name,
      ...(schedule && isSchedule(schedule) && { schedule }),
      command: wordsOf(command),
      ...settings,
    };
  });
}

/** @param taken names that no job may have, the processes' beside them */
export function jobProblems(
  { jobs, processes }: Pick<DeploymentSettings, "jobs" | "processes">,
  taken: readonly string[],
): Problem[] {
  return Object.entries(jobs).flatMap(([name, { schedule: written }]) => {
    const schedule = written === undefined ? undefined : readSchedule(written);
    return [
      ...(taken.includes(name) ? [problems.takenName(`jobs.${name}`, name, taken)] : []),
      ...(Object.hasOwn(processes, name) ? [problems.nameOfProcess(name)] : []),
      ...(written !== undefined && schedule && !isSchedule(schedule)
        ? [problems.unreadableSchedule(name, written, schedule)]
        : []),
    ];
  });
}
