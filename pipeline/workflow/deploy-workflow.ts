import { PIPELINE_MARK } from "../../config/tree/pipeline-mark";
import { CHECKOUT } from "./actions";
import { Expression, type Job, type ShellStep, type Step, type Workflow } from "./workflow";

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
export const TIMEOUT = 60;

const RUNNER = { amd64: "ubuntu-24.04", arm64: "ubuntu-24.04-arm" } as const;

const secrets = (...names: string[]): Record<string, Expression> =>
  Object.fromEntries(names.map((name) => [name, Expression.secret(name)]));
const variables = (...names: string[]): Record<string, Expression> =>
  Object.fromEntries(names.map((name) => [name, Expression.variable(name)]));

/** Weekly, in the night to Monday, and not at a full hour, when all the world's runs begin. */
const WEEKLY = "23 3 * * 1";

/** The workflow that brings a push to the host, and refreshes each week what serves there. Pure. */
export function deployWorkflow(props: WorkflowProps): Workflow {
  const { branch, build, environment, version } = props;
  const ref = `github.ref == 'refs/heads/${branch}'`;
  // What a runner has built is not on the host, and a runner builds of new packages each time.
  const refreshes = build === "host";
  const job = (name: string, condition: string, steps: readonly Step[]): Job =>
    jobOf(props, name, condition, steps);
  return {
    name: "Deploy",
    header: [
      PIPELINE_MARK.slice(2),
      `Releases ${props.name}: each push to ${branch} goes live. What the steps do is in deploy/runner.`,
      ...(refreshes
        ? ["Each week what serves is made once more, of base images and packages of that day."]
        : []),
      ...(version === undefined ? [] : [`With the files of deploy/MANIFEST ${version}.`]),
    ],
    branch,
    ...(refreshes && { schedule: WEEKLY }),
    concurrencyGroup: `deploy-${environment}`,
    jobs: {
      // Started by hand, it could be on any branch.
      release: job(
        "Release",
        refreshes ? `${ref} && github.event_name != 'schedule'` : ref,
        releaseSteps(props),
      ),
      ...(refreshes && {
        refresh: job("Refresh", `${ref} && github.event_name == 'schedule'`, refreshSteps(props)),
      }),
    },
  };
}

function jobOf(props: WorkflowProps, name: string, condition: string, steps: readonly Step[]): Job {
  const { access, architecture, build, environment, projectPath } = props;
  return {
    name,
    condition,
    runsOn: RUNNER[build === "runner" ? architecture : "amd64"],
    timeout: TIMEOUT,
    environment,
    permissions: { contents: "read", ...(access === "runner" && { "id-token": "write" as const }) },
    ...(projectPath !== undefined && projectPath !== "." && { workingDirectory: projectPath }),
    steps,
  };
}

function releaseSteps({ build, tests, access }: WorkflowProps): Step[] {
  return [
    { name: "Check out", uses: CHECKOUT, with: { "persist-credentials": false } },
    shell("Name the release", NAME_THE_RELEASE),
    LAY_OUT,
    ...(tests ? [TESTS] : []),
    ...(build === "runner" ? [shell("Build the image", ["bash deploy/runner/build"])] : []),
    shell("Write .env", WRITE_ENV, secrets("ENV_VARS")),
    ...wayToHost(access),
    shell("Upload", ["bash deploy/runner/upload"]),
    shell("Release", ["bash deploy/runner/release"], secrets("HOST")),
    ...endOf(access),
  ];
}

/** Nothing of the branch is released: what is tested and refreshed is the commit that serves. */
function refreshSteps({ tests, access }: WorkflowProps): Step[] {
  const served = { "persist-credentials": false, ref: Expression.environment("SERVES") };
  return [
    { name: "Check out", uses: CHECKOUT, with: { "persist-credentials": false } },
    ...wayToHost(access),
    ...(tests
      ? [
          shell("See what serves", ['bash deploy/runner/refresh --which >> "$GITHUB_ENV"']),
          { name: "Check out what serves", uses: CHECKOUT, with: served } satisfies Step,
          LAY_OUT,
          TESTS,
        ]
      : []),
    shell("Refresh", ["bash deploy/runner/refresh"], secrets("HOST")),
    ...endOf(access),
  ];
}

const LAY_OUT = shell("Lay out what the image is built from", ["bash deploy/runner/context"]);
const TESTS = shell("Run the project's tests", ["bash deploy/runner/test"]);

function wayToHost(access: WorkflowProps["access"]): Step[] {
  return [
    shell("Set up ssh", ["bash deploy/runner/ssh-setup"], secrets("HOST", "KEY", "KNOWN_HOSTS")),
    ...(access === "runner" ? [firewall("Open port 22 for this runner", "open")] : []),
    shell("Wait until the host is ready", ["bash deploy/runner/wait-for-host"]),
  ];
}

function endOf(access: WorkflowProps["access"]): Step[] {
  return [
    { ...shell("Summary", ['bash deploy/runner/summary >> "$GITHUB_STEP_SUMMARY"']), condition: "always()" },
    ...(access === "runner" ? [{ ...firewall("Close port 22", "close"), condition: "always()" }] : []),
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
