import type { Problem } from "../../config/errors";

/** What is wrong with Docker, this machine or its ports. */
export const engineProblems = {
  noDocker: (): Problem => ({
    place: "Docker",
    expected: "the docker command",
    fix: "type tools/setup, which installs it on Debian and Ubuntu (elsewhere: docs.docker.com/get-docker)",
  }),

  dockerNotRunning: (host: string | undefined, start: string): Problem => ({
    place: "the Docker engine",
    value: host === undefined ? "not running" : `not answering at ${host}`,
    expected: "an engine that answers",
    fix: start,
  }),

  dockerSilent: (host: string | undefined, seconds: number): Problem => ({
    place: "the Docker engine",
    value: `no answer${host === undefined ? "" : ` from ${host}`} within ${seconds} s, though it was reached`,
    expected: "an engine that answers",
    fix:
      "wait until the machine is less busy (top, df -h) and type the command again; an engine that never answers is " +
      "started again by sudo systemctl restart docker: the site is away meanwhile, and its data stays",
  }),

  dockerDenied: (user: string): Problem => ({
    place: "the Docker engine",
    value: `closed to the user ${user} (permission denied on its socket)`,
    expected: "a user who may use it",
    fix: `sudo usermod -aG docker ${user}, log in again, then type the command again`,
  }),

  noBaseImage: (images: string, log: readonly string[]): Problem => ({
    place: "the base image",
    value: `not to be had: ${images}`,
    expected: "a version that an image registry has, or that can be built from Debian's packages",
    fix: "write a version that is named below (project.python, database.version, proxy.version)",
    log,
  }),

  portTaken: (setting: string, port: number, holder: string | undefined): Problem => ({
    place: setting,
    value: `${port}, and ${holder ?? "another program of this machine"} has that port`,
    expected: "a free port",
    fix: `stop it, or write another ${setting} into deployment.ts`,
  }),

  addressUnknown: (address: string): Problem => ({
    place: "local.address",
    value: `${address}, which is no address of this machine`,
    expected: "127.0.0.1 for this machine alone, 0.0.0.0 for everybody who reaches it",
  }),

  nameTaken: (name: string): Problem => ({
    place: `the name ${name}`,
    value: "taken by a container that is not ours",
    expected: "a name that is free on the engine",
    fix: `docker rm ${name} if nobody needs it, or write another name into deployment.ts`,
  }),

  /** @param folder where it runs, when that is another clone of the deployment */
  anotherRun: (command: string, pid: number, folder: string | undefined): Problem => ({
    place: folder === undefined ? "this folder" : "this deployment",
    value: `at work already${folder === undefined ? "" : ` in ${folder}`}: "${command}", process ${pid}`,
    expected: "one run at a time",
    fix: "wait until it has ended, then type the command again",
  }),

  workerStillRunning: (pids: readonly number[]): Problem => ({
    place: `Terraform of a run that was killed (process ${pids.join(", ")})`,
    value: "still at work",
    expected: "a run that ends; two of them at once could undo each other's work",
    fix: `see what it waits for (ps -fp ${pids.join(",")}), stop it (kill ${pids.join(" ")}), then type the command again`,
  }),

  taskStillRunning: (role: string, container: string): Problem => ({
    place: `${role} of an earlier run`,
    value: `still at work in the container ${container}`,
    expected: "a task that ends; two of them at once could break what both work on",
    fix: `see what it waits for (docker logs ${container}), stop it (docker stop ${container}), then again`,
  }),

  /** @param failures what visitors get instead, a sentence each @param log what the application says */
  notServed: (url: string, failures: readonly string[], log: readonly string[]): Problem => ({
    place: url,
    value: `deployed, and visitors are not served: ${failures.join("; ")}`,
    expected:
      "an answer to each page that was asked for: below 500, and at the end of its redirects; all data is where it was",
    fix: 'mend it, then type "make up" again; "make logs" shows more of what the application says',
    log,
  }),

  unknownJob: (name: string, known: readonly string[]): Problem => ({
    place: "the job",
    value: JSON.stringify(name),
    expected:
      known.length > 0 ? `one of ${known.join(", ")}` : "a name from the section jobs of deployment.ts",
    fix:
      known.length > 0
        ? undefined
        : 'add jobs to deployment.ts, then type "make up" (docs/own-project.md, "Jobs")',
  }),

  jobRuns: (name: string, since: string): Problem => ({
    place: name,
    value: `running since ${since}`,
    expected: "one run of a job at a time",
    fix: `wait for it; "make logs ARGS=${name}" shows what it says`,
  }),

  nothingServes: (name: string): Problem => ({
    place: name,
    value: "not up: no release serves",
    expected: "a release that serves: its image is used",
    fix: 'type "make up"',
  }),

  unknownRole: (role: string, known: readonly string[]): Problem => ({
    place: "the container",
    value: JSON.stringify(role),
    expected: known.length > 0 ? `one of ${known.join(", ")}` : 'a deployment that is up: type "make up"',
  }),
} as const;
