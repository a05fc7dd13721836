import { type Problem, showValue } from "./problem";

/** @param memory MiB of the processes and jobs of `deployment.ts`, in a release */
export function processesToo(memory: number): string {
  return memory === 0 ? "" : `, the processes and jobs (${memory} MiB in a release)`;
}

/** What is wrong with what `deployment.ts` says, taken by itself. */
export const inputProblems = {
  unknownKey: (place: string, likely: string | undefined, known: readonly string[]): Problem => ({
    place,
    value: "an unknown key",
    expected: `one of ${known.join(", ")}`,
    fix: likely ? `did you mean ${likely}?` : "remove it; docs/reference.md says what each key is for",
  }),

  wrongKey: (place: string, expected: string, example: unknown): Problem => ({
    place,
    value: "no possible name",
    expected,
    fix: `rename it, for example to ${String(example)}`,
  }),

  wrongValue: (place: string, value: unknown, expected: string, example: string | undefined): Problem => ({
    place,
    value: value === undefined ? undefined : showValue(value),
    expected,
    fix: example === undefined ? "docs/reference.md says more" : `write for example ${example}`,
  }),

  noObject: (value: unknown): Problem => ({
    place: "deployment.ts",
    value:
      value === undefined
        ? "without a default export"
        : value instanceof Promise
          ? "a promise, which async makes of all that it returns"
          : showValue(value),
    expected: "an object that says at least where the project is",
    fix: `${value instanceof Promise ? "take async away: " : ""}write export default defineDeployment({ project: { folder: "mysite" } });`,
  }),

  unreadableInput: (error: unknown): Problem => ({
    place: "deployment.ts",
    value: `a program that fails: ${showValue(error instanceof Error ? error.message : error)}`,
    expected: "plain values",
    fix: "write the values themselves, without getters or proxies",
  }),

  startTimeoutTooShort: (seconds: number, soak: number, least: number): Problem => ({
    place: "web.startTimeout",
    value: `${seconds}, but a release must serve for web.soak, ${soak} seconds, before it counts as started`,
    expected: `at least ${least} seconds`,
    fix: `write startTimeout: ${least} or more, or a smaller soak`,
  }),

  samePort: (port: number): Problem => ({
    place: "local.databasePort",
    value: `${port}, and so is local.developmentPort`,
    expected: "a port for each",
    fix: "change one of the two, or remove both for the defaults",
  }),

  bindMountNeedsLocalEngine: (host: string): Problem => ({
    place: "local.profile",
    value: `"development" on the engine ${showValue(host)}`,
    expected: "an engine on this machine: the profile mounts the source folder into the container",
    fix: 'remove local.dockerHost, or use profile "production"',
  }),

  malformedId: (file: string, lines: readonly string[]): Problem => ({
    place: file,
    value: lines.length === 0 ? "empty" : showValue(lines.join(" ")),
    expected: "one line with the deployment's id, 32 digits and letters from a to f",
    fix:
      lines.length === 0
        ? `take the file back from git (git checkout ${file}); if git doesn't have it, delete it: make up finds the id again in the data that this folder has made`
        : `take the file back from git (git checkout ${file}); when two ids are in conflict there, keep the id of the deployment whose data are wanted`,
  }),

  unreadableId: (file: string, reason: string): Problem => ({
    place: file,
    value: `not to be read (${reason})`,
    expected: "a file with the deployment's id, which you may read",
    fix: `correct its permissions (chmod u+r ${file})`,
  }),

  /** @param processes MiB of what runs beside web, in a release */
  localMemoryTooSmall: (memory: number, processes: number): Problem => ({
    place: "local.memory",
    value: `${memory}, which is too little for nginx, MariaDB, two releases of Django${processesToo(processes)} and the uploads in progress`,
    expected: `a figure into which web.memory (twice), database.memory and proxy.memory${processes > 0 ? ` and ${processes} MiB of processes and jobs` : ""} fit`,
    fix: `write a larger one, or leave out those${processes > 0 ? "; a process or a job may have less memory, a process a smaller count" : ""}`,
  }),

  takenName: (place: string, name: string, taken: readonly string[]): Problem => ({
    place,
    value: "a name of ours",
    expected: `another name than ${taken.join(", ")}`,
    fix: `rename it, for example to my-${name}`,
  }),

  nameOfProcess: (name: string): Problem => ({
    place: `jobs.${name}`,
    value: "the name of a process, too",
    expected: "a name for each: logs and status tell them apart by it",
    fix: `rename one of the two, for example to ${name}-job`,
  }),

  /** @param mistake what is wrong with it, what was expected and what to do */
  unreadableSchedule: (
    name: string,
    schedule: string,
    mistake: Pick<Problem, "expected" | "fix"> & { readonly wrong: string },
  ): Problem => ({
    place: `jobs.${name}.schedule`,
    value: `${showValue(schedule)}, ${mistake.wrong}`,
    expected: mistake.expected,
    fix: mistake.fix,
  }),

  singletonTwice: (name: string, count: number): Problem => ({
    place: `processes.${name}.count`,
    value: `${count}, and it is a singleton`,
    expected: "1 for what must never run twice",
    fix: "remove count, or remove singleton",
  }),
} as const;
