import { PIPELINE_MARK } from "../../config/tree/pipeline-mark";
import { CHECKOUT } from "./actions";
import { Expression, type ShellStep, type Step, type Workflow } from "./workflow";

/** What the workflow depends on. */
export interface WorkflowProps {
  /** The deployment's name. */
  readonly name: string;
  /** Branch that goes live. */
  readonly branch: string;
  /** GitHub's deployment environment. */
  readonly environment: string;
  /** Where the image is built: on the host, or on the runner for hosts that are too small. */
  readonly build: "host" | "runner";
  /** The host's processor; an image that a runner builds must be for it. */
  readonly architecture: "amd64" | "arm64";
  /** Run the project's tests before the release. */
  readonly tests: boolean;
  /** Who reaches port 22: the runner, which opens it for itself, or whoever is allowed anyway. */
  readonly access: "runner" | "open";
  /** The project's folder below the repository's root. @default the root itself */
  readonly projectPath?: string;
  /** What `deploy/` is at the moment: another one is another workflow. @default not said */
  readonly version?: string;
}

/** Minutes. The first boot of a machine may be waited for, and a small machine builds its first image for a while. */
const TIMEOUT = 60;

const RUNNER = { amd64: "ubuntu-24.04", arm64: "ubuntu-24.04-arm" } as const;

const secrets = (...names: string[]): Record<string, Expression> =>
  Object.fromEntries(names.map((name) => [name, Expression.secret(name)]));
const variables = (...names: string[]): Record<string, Expression> =>
  Object.fromEntries(names.map((name) => [name, Expression.variable(name)]));

/** The workflow that brings a push to the host. Pure. */
export function deployWorkflow(props: WorkflowProps): Workflow {
  const { branch, build, environment, projectPath, version } = props;
  const opens = props.access === "runner";
  return {
    name: "Deploy",
    header: [
      PIPELINE_MARK.slice(2),
      `Releases ${props.name}: each push to ${branch} goes live. What the steps do is in deploy/runner.`,
      ...(version === undefined ? [] : [`With the files of deploy/MANIFEST ${version}.`]),
    ],
    branch,
    concurrencyGroup: `deploy-${environment}`,
    jobs: {
      release: {
        name: "Release",
        // Started by hand, it could be on any branch.
        condition: `github.ref == 'refs/heads/${branch}'`,
        runsOn: RUNNER[build === "runner" ? props.architecture : "amd64"],
        timeout: TIMEOUT,
        environment,
        permissions: { contents: "read", ...(opens && { "id-token": "write" as const }) },
        ...(projectPath !== undefined && projectPath !== "." && { workingDirectory: projectPath }),
        steps: stepsOf(props, opens),
      },
    },
  };
}

function stepsOf({ build, tests }: WorkflowProps, opens: boolean): Step[] {
  return [
    { name: "Check out", uses: CHECKOUT, with: { "persist-credentials": false } },
    shell("Name the release", NAME_THE_RELEASE),
    shell("Lay out what the image is built from", ["bash deploy/runner/context"]),
    ...(tests ? [shell("Run the project's tests", ["bash deploy/runner/test"])] : []),
    ...(build === "runner" ? [shell("Build the image", ["bash deploy/runner/build"])] : []),
    shell("Write .env", WRITE_ENV, secrets("ENV_VARS")),
    shell("Set up ssh", ["bash deploy/runner/ssh-setup"], secrets("HOST", "KEY", "KNOWN_HOSTS")),
    ...(opens ? [firewall("Open port 22 for this runner", "open")] : []),
    shell("Wait until the host is ready", ["bash deploy/runner/wait-for-host"]),
    shell("Upload", ["bash deploy/runner/upload"]),
    shell("Release", ["bash deploy/runner/release"], secrets("HOST")),
    { ...shell("Summary", ['bash deploy/runner/summary >> "$GITHUB_STEP_SUMMARY"']), condition: "always()" },
    ...(opens ? [{ ...firewall("Close port 22", "close"), condition: "always()" }] : []),
  ];
}

/** UTC and the commit: unique, and sorted by age. */
const NAME_THE_RELEASE = ['echo "RELEASE_ID=$(date -u +%Y%m%dT%H%M%SZ)-${GITHUB_SHA::7}" >> "$GITHUB_ENV"'];

/** Byte for byte: no echo, which knows escapes, and no expression in the text, which the shell would read. */
const WRITE_ENV = [
  "umask 077",
  'mkdir -p "$RUNNER_TEMP/release"',
  `if [ -n "$ENV_VARS" ]; then printf '%s' "$ENV_VARS" > "$RUNNER_TEMP/release/.env"; fi`,
];

function shell(name: string, run: readonly string[], env?: Readonly<Record<string, Expression>>): ShellStep {
  return { name, run, ...(env && { env }) };
}

function firewall(name: string, action: "open" | "close"): ShellStep {
  return shell(
    name,
    [`bash deploy/runner/firewall ${action}`],
    variables("RUNNER_ROLE", "SECURITY_GROUP", "AWS_REGION"),
  );
}
