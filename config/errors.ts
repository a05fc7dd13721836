import { inspect } from "node:util";

/** One thing that is wrong, said so that its reader can mend it without a search. */
export interface Problem {
  /** Where: a path in `deployment.ts` (`database.memory`), a file, or a part of the machine (`Docker`). */
  readonly place: string;
  /** What was found there, as its writer would recognise it; absent when the thing itself is absent. */
  readonly value?: string;
  /** What would have been right. */
  readonly expected: string;
  /** What to type or change next. */
  readonly fix?: string;
  /** The last that the failed program said, line by line. */
  readonly log?: readonly string[];
}

/**
 * Everything that was found wrong in one go. Commands print its message and exit with status 1; nothing has
 * been written when it is thrown.
 */
export class DeploymentError extends Error {
  public override readonly name = "DeploymentError";

  /** @param problems what is wrong, in the order in which the reader should mend it; at least one */
  public constructor(public readonly problems: readonly Problem[]) {
    super(problems.map(describeProblem).join("\n"));
  }
}

/** Says one problem in three lines: place and value, what was expected, what to do; and what a program said. */
export function describeProblem({ place, value, expected, fix, log = [] }: Problem): string {
  const found = value === undefined ? "is missing" : `is ${value}`;
  return [
    `✗ ${place} ${found}`,
    `    expected: ${expected}`,
    ...(fix ? [`    to do:    ${fix}`] : []),
    ...(log.length > 0 ? ["    it said:", ...log.map((line) => `      | ${line}`)] : []),
  ].join("\n");
}

/** Most letters of a value that a message shows. */
const LONGEST = 80;

/** Shows a value of `deployment.ts` the way it is written there, shortened to one line. */
export function showValue(value: unknown): string {
  // Whatever it is, looking at it must not run anything of its own.
  const shown =
    typeof value === "string"
      ? JSON.stringify(value.slice(0, LONGEST))
      : typeof value === "function"
        ? "a function"
        : inspect(value, { breakLength: Infinity, customInspect: false, depth: 1, maxStringLength: LONGEST });
  const text = shown.replace(/\s+/g, " ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}

/** What writes a requirements file from what a project has instead. */
function exportCommand(file: string | undefined): string {
  if (file === "uv.lock") return "uv export --no-dev --no-hashes";
  if (file === "poetry.lock") return "poetry export";
  return file?.startsWith("Pipfile") ? "pipenv requirements" : "pip freeze";
}

function isAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text);
}

/** The catalogue: every message of the program that a user can meet, by what went wrong. */
export const problems = {
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
    value: value === undefined ? "without a default export" : showValue(value),
    expected: "an object that says at least where the project is",
    fix: 'write export default defineDeployment({ project: { folder: "mysite" } });',
  }),

  unreadableInput: (error: unknown): Problem => ({
    place: "deployment.ts",
    value: `a program that fails: ${showValue(error instanceof Error ? error.message : error)}`,
    expected: "plain values",
    fix: "write the values themselves, without getters or proxies",
  }),

  missingFolder: (folder: string, neighbour: string | undefined): Problem => ({
    place: "project.folder",
    value: `${showValue(folder)}, where there is no folder`,
    expected: "the folder that holds manage.py, relative to deployment.ts",
    fix: neighbour ? `did you mean "${neighbour}"?` : "correct the path, or copy your project there",
  }),

  noManagePy: (folder: string, elsewhere: readonly string[]): Problem => ({
    place: "project.folder",
    value: `${showValue(folder)}, which has no manage.py`,
    expected: "the folder that holds manage.py",
    fix: elsewhere[0] ? `did you mean "${elsewhere[0]}"?` : "point it at the Django project itself",
  }),

  noSettings: (
    place: string,
    module: string | undefined,
    found: readonly string[],
    nearest?: string,
  ): Problem => ({
    place,
    value: module === undefined ? undefined : `${showValue(module)}, and no such module is in the project`,
    expected: found.length > 0 ? `one of ${found.join(", ")}` : "the dotted name of the settings module",
    fix: nearest ? `did you mean "${nearest}"?` : "write its dotted name, for example mysite.settings",
  }),

  noWsgi: (application: string, found: string | undefined): Problem => ({
    place: "project.wsgi",
    value: application === "" ? undefined : `${showValue(application)}, and no such module is in the project`,
    expected: "module:attribute of the WSGI application, for example mysite.wsgi:application",
    fix:
      found !== undefined && found !== application
        ? `remove the line: ${found} is found by itself`
        : "make it: docs.djangoproject.com/en/stable/howto/deployment/wsgi",
  }),

  noRequirements: (
    chosen: string | undefined,
    found: string | undefined,
    others: readonly string[],
  ): Problem => ({
    place: "project.requirements",
    value: chosen === undefined ? undefined : `${showValue(chosen)}, which is not in the project`,
    expected: "a requirements file of pip, relative to the project",
    fix:
      chosen !== undefined && found !== undefined
        ? `remove the line: ${found} is found by itself`
        : `make one${others[0] ? ` from ${others[0]}` : ""}: ${exportCommand(others[0])} > requirements.txt`,
  }),

  sameFolder: (key: "root" | "url", value: string): Problem => ({
    place: `project.media.${key}`,
    value: `${showValue(value)}, and so is project.static.${key}`,
    expected: "uploaded files apart from static ones",
    fix: `set project.media.${key} and the settings' MEDIA_${key.toUpperCase()} to another one`,
  }),

  secretInEnvironment: (name: string): Problem => ({
    place: `project.environment.${name}`,
    value: "a secret, which would be readable in the Terraform state and in docker inspect",
    expected: "variables that anybody may read",
    fix: `move it into the project's .env as ${name}=…`,
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

  malformedEnvFile: (file: string, line: number, reason: string): Problem => ({
    place: `${file}, line ${line}`,
    value: "no NAME=value line",
    expected: reason,
    fix: "correct the line; docs/env-file.md has the rules",
  }),

  unreadableProject: (path: string, reason: string): Problem => ({
    place: path,
    value: `part of the project and can't be read (${reason})`,
    expected: "files that you may read",
    fix: `correct its permissions (chmod -R u+rX), or leave it out: add it to .dockerignore`,
  }),

  unreadableEnvFile: (file: string, reason: string): Problem => ({
    place: "project.envFile",
    value: `${showValue(file)}, which can't be read (${reason})`,
    expected: "a readable file of NAME=value lines, relative to the project",
    fix: "correct its path or its permissions (chmod 600), or remove the setting",
  }),

  missingEnvironment: (names: readonly string[], file: string): Problem => ({
    place: `the environment variable${names.length > 1 ? "s" : ""} ${names.join(", ")}`,
    value: "read by the project's settings without a default, and nowhere given",
    expected: `a value in ${file} or in project.environment`,
    fix: `add ${names.map((name) => `${name}=…`).join(" ")} to ${file} (secrets belong there)`,
  }),

  bindMountNeedsLocalEngine: (host: string): Problem => ({
    place: "local.profile",
    value: `"development" on the engine ${showValue(host)}`,
    expected: "an engine on this machine: the profile mounts the source folder into the container",
    fix: 'remove local.dockerHost, or use profile "production"',
  }),
  unknownRegion: (region: string, nearest: string | undefined): Problem => ({
    place: "host.region",
    value: `${showValue(region)}, which AWS doesn't have`,
    expected: "an AWS region, for example eu-central-1",
    fix: nearest ? `did you mean "${nearest}"?` : "aws.amazon.com/about-aws/global-infrastructure lists them",
  }),

  unknownInstanceType: (type: string, nearest: string | undefined): Problem => ({
    place: "host.instanceType",
    value: `${showValue(type)}, which AWS doesn't have`,
    expected: "an EC2 instance type, for example t4g.small",
    fix: nearest ? `did you mean "${nearest}"?` : "aws.amazon.com/ec2/instance-types lists them",
  }),

  otherArchitecture: (chosen: string, type: string, actual: string): Problem => ({
    place: "host.architecture",
    value: `${showValue(chosen)}, but ${type} is ${actual}`,
    expected: `${showValue(actual)}, or an instance type that is ${chosen}`,
    fix: "remove the line: it follows from the instance type",
  }),

  otherZone: (zone: string, region: string): Problem => ({
    place: "host.zone",
    value: `${showValue(zone)}, which is no zone of ${region}`,
    expected: `${region} and one letter, for example ${region}a`,
    fix: `list them: aws ec2 describe-availability-zones --region ${region}`,
  }),

  noNetwork: (place: string, network: string): Problem => ({
    place,
    value: showValue(network),
    expected: "an IPv4 network in CIDR form, for example 192.0.2.0/24, or one address: 192.0.2.7/32",
    fix: isAddress(network) ? `write "${network}/32" for this one address` : "correct it",
  }),

  everyNetwork: (place: string, network: string): Problem => ({
    place,
    value: `${showValue(network)}, which is every address there is`,
    expected: "networks that you know",
    fix: 'if everybody shall reach port 22, say it in words: ssh: "anywhere"',
  }),

  hostBitsSet: (place: string, network: string, corrected: string): Problem => ({
    place,
    value: `${showValue(network)}, whose address has bits beyond its length`,
    expected: "the first address of the network",
    fix: `write "${corrected}"`,
  }),

  machineTooSmall: (type: string, memory: number, larger: string | undefined): Problem => ({
    place: "host.instanceType",
    value: `${showValue(type)}, whose ${memory} MiB are too few for nginx, MariaDB and two releases of Django`,
    expected: "an instance type on which they fit",
    fix: larger
      ? `write instanceType: ${showValue(larger)}, the smallest of its family that does`
      : "choose another family, for example t4g.small",
  }),

  localMemoryTooSmall: (memory: number): Problem => ({
    place: "local.memory",
    value: `${memory}, which is too little for nginx, MariaDB, two releases of Django and the uploads in progress`,
    expected: "a figure into which web.memory (twice), database.memory and proxy.memory fit",
    fix: "write a larger one, or leave out those",
  }),

  noGitHub: (): Problem => ({
    place: "github",
    value: "missing in deployment.ts",
    expected: "the section that names the repository whose pushes go live, beside host",
    fix: 'write for example github: { repository: "owner/name" }',
  }),

  gitHubWithoutHost: (): Problem => ({
    place: "github",
    value: "there without a host section",
    expected: "a machine to which a push is deployed",
    fix: 'write for example host: { region: "eu-central-1" }, or leave out github',
  }),

  runnerWithoutGitHub: (): Problem => ({
    place: "host.ssh",
    value: '"runner", but there is no github section',
    expected: '"nobody", "anywhere" or a list of networks',
    fix: 'remove the line, or write github: { repository: "owner/name" }',
  }),

  notSealed: (file: string, repository: string, environment: string): Problem => ({
    place: file,
    value: `without the secrets of ${repository} (environment ${environment})`,
    expected: "the secrets, sealed for GitHub",
    fix: 'type "make seal", which needs GITHUB_TOKEN; without GitHub "make up" and "make host" work as they are',
  }),

  staleSecret: (file: string, name: string): Problem => ({
    place: `${name} in ${file}`,
    value: "another than the one that is there now",
    expected: name === "KEY" ? "the key that opens the machine" : "the project's .env as it is",
    fix: 'type "make seal", which seals anew what has changed',
  }),

  missingKey: (file: string, reason: string): Problem => ({
    place: file,
    value: `no public ssh key: ${reason}`,
    expected: "one line in OpenSSH's form, ssh-ed25519 AAAA…, beside the private key",
    fix: 'type "make keys", which makes what is missing; of your own private key: ssh-keygen -y -f KEY > KEY.pub',
  }),
} as const;
