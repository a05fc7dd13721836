import { posix } from "node:path";

/** A folder of the program. */
export interface Folder {
  /** Path in the program's own folder, with `/`; `.` is that folder itself. */
  readonly path: string;
  /** What its files are about, in one line. */
  readonly holds: string;
}

/** Folders that make one part of the program. */
export interface Part {
  /** As the drawing names it. */
  readonly name: string;
  /** In the order of imports: a folder imports only from folders before it. */
  readonly folders: readonly Folder[];
}

/**
 * The program's folders, the lowest first. A file imports from its own folder, from folders before it, and from nothing
 * after it. The drawings of docs/architecture.md and a test read this list.
 */
export const PARTS: readonly Part[] = [
  {
    name: "config",
    folders: [
      { path: "config/problems", holds: "every message about `deployment.ts` and the project" },
      { path: "config/grammar", holds: "texts with a grammar of their own: commands, schedules" },
      { path: "config/schema", holds: "the keys of `deployment.ts`, with types and ranges" },
      { path: "config/tree", holds: "the project's files, and what of them goes into the image" },
      { path: "config/python", holds: "Python's settings, read without running them" },
      { path: "config/project/production", holds: "what the settings are in production, for certain" },
      { path: "config/project", holds: "what the project's files say: the facts" },
      { path: "config", holds: "a `Deployment`: complete, checked, plain data" },
      { path: "config/files", holds: "the files beside `deployment.ts`: `.env`, keys, id, sealed secrets" },
      { path: "config/resolve", holds: "from what was written and found to a `Deployment`" },
    ],
  },
  {
    name: "application",
    folders: [
      {
        path: "application",
        holds: "a definition for each container; the model; its renderings for Compose and Swarm",
      },
      // It asks the definitions for their shares of the memory.
      { path: "config/load", holds: "reading `deployment.ts` and the project, all problems at once" },
    ],
  },
  {
    name: "constructs",
    folders: [
      { path: "constructs", holds: "files of the program that constructs read" },
      { path: "constructs/docker", holds: "the model as resources of a Docker engine" },
      { path: "constructs/aws", holds: "the host on AWS" },
      { path: "constructs/github", holds: "the repository on GitHub" },
    ],
  },
  {
    name: "host",
    folders: [{ path: "host", holds: "the host's first boot: what cloud-init writes" }],
  },
  {
    name: "stacks",
    folders: [{ path: "stacks", holds: "the Terraform stacks" }],
  },
  {
    name: "pipeline",
    folders: [
      { path: "pipeline/workflow", holds: "the workflow of GitHub Actions" },
      { path: "pipeline/runner", holds: "what the runner of a release is told" },
      { path: "pipeline", holds: "what is rendered for the repository and the host" },
    ],
  },
  {
    name: "synth",
    folders: [
      { path: "synth/repository", holds: "what is written into the application's repository" },
      { path: "synth", holds: "writing stacks, build context and `compose.yaml`" },
    ],
  },
  {
    name: "main.ts",
    folders: [{ path: ".", holds: "`deployment.ts`, and the program that `npx cdktf` starts" }],
  },
  {
    name: "cli",
    folders: [
      { path: "cli/problems", holds: "every message about this computer, the engine, AWS and GitHub" },
      { path: "cli/computer", holds: "this computer: its programs, and what `tools/setup` found on it" },
      { path: "cli/session", holds: "one run of a command: lock, interrupt, progress, log, question" },
      { path: "cli/docker", holds: "the Docker engine: containers, releases, who serves" },
      { path: "cli/terraform", holds: "Terraform: stacks, states, plans, their guard" },
      { path: "cli/workspace", holds: "all that a command works with, and synthesis" },
      { path: "cli/visitor", holds: "asking the application as visitors do" },
      { path: "cli/data", holds: "the data in volumes: whose they are, what is in them" },
      { path: "cli/database", holds: "access to MariaDB, and visitors who wait for it" },
      { path: "cli/recovery", holds: "what an earlier run has left, and what becomes of it" },
      { path: "cli/preflight", holds: "what must be right on this computer before anything is changed" },
      { path: "cli/deploy", holds: "plan, guard, apply; removal; what an error means" },
      { path: "cli/host", holds: "the host over ssh: keys, known hosts, its release program" },
      { path: "cli/aws", holds: "what AWS has, whose it is, and the stacks on it" },
      { path: "cli/github", holds: "GitHub's API, sealed secrets, errors" },
    ],
  },
  {
    name: "rehearsal",
    folders: [
      { path: "rehearsal/actions", holds: "the runner of GitHub Actions" },
      { path: "rehearsal/aws", holds: "the fake AWS" },
      { path: "rehearsal/github", holds: "the fake GitHub" },
      { path: "rehearsal/host", holds: "the fake host" },
      { path: "rehearsal/environment", holds: "the test environment: all of these, running" },
      { path: "rehearsal/faults", holds: "the faults that are injected during a push" },
      { path: "rehearsal", holds: "the rehearsal and its report" },
    ],
  },
  {
    name: "cli/commands",
    folders: [
      { path: "cli/commands/local", holds: "commands for this computer, a file each" },
      { path: "cli/commands/pipeline", holds: "commands for the host and the pipeline, a file each" },
      { path: "cli", holds: "the command line" },
    ],
  },
  {
    name: "bench",
    folders: [
      { path: "bench/template", holds: "the same deployment, written by hand" },
      { path: "bench/wrk", holds: "the load" },
      { path: "bench/report", holds: "figures and tables" },
      { path: "bench", holds: "the measurements" },
      { path: "bench/programs", holds: "what is measured" },
    ],
  },
  {
    name: "docs",
    folders: [
      { path: "docs/generator", holds: "what `make docs` makes, and this list" },
      { path: "docs", holds: "the pages, and the program that writes them" },
    ],
  },
];

/** Folders that the list names with all that is below them. */
const WHOLE: readonly string[] = [
  // A definition is made of the model's parts, and the model of definitions.
  "application",
];

/** Every folder, the lowest first. */
export const FOLDERS: readonly string[] = PARTS.flatMap(({ folders }) => folders.map(({ path }) => path));

/**
 * The folder of the list that a file belongs to.
 *
 * @param file path in the program's own folder, with `/`
 * @returns its path; undefined when the list does not name it
 */
export function folderOf(file: string): string | undefined {
  const folder = posix.dirname(file);
  return FOLDERS.includes(folder) ? folder : WHOLE.find((whole) => folder.startsWith(`${whole}/`));
}
