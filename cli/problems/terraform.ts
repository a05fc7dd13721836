import type { Problem } from "../../config/errors";

/** What a command needs of Terraform, and what OpenTofu calls the same. */
export const OLDEST_TERRAFORM = "1.10";

/** What is wrong with Terraform, a plan or a state. */
export const terraformProblems = {
  noTerraform: (binaries: readonly string[]): Problem => ({
    place: "Terraform",
    expected: `${binaries.join(" or ")}, version ${OLDEST_TERRAFORM} or newer`,
    fix: "install one (developer.hashicorp.com/terraform/install, opentofu.org/docs/intro/install)",
  }),

  oldTerraform: (binary: string, version: string): Problem => ({
    place: binary,
    value: `version ${version}`,
    expected: `${OLDEST_TERRAFORM} or newer`,
    fix: "install a newer one (developer.hashicorp.com/terraform/install, opentofu.org/docs/intro/install)",
  }),

  terraformFailed: (stack: string, command: string, message: string, log: string): Problem => ({
    place: `terraform ${command} (stack ${stack})`,
    value: `stopped: ${message}`,
    expected: "a run without an error",
    fix: `mend what it says, then type the command again; all of it is in ${log}`,
  }),

  stateLocked: (stack: string, holder: string): Problem => ({
    place: `the state of ${stack}`,
    value: `in use by another run of Terraform${holder}`,
    expected: "one run at a time",
    fix: "wait until it has ended, then type the command again",
  }),

  otherState: (called: string, version: number, known: number): Problem => ({
    place: called,
    value: `of version ${version}, which a newer Terraform has written`,
    expected: `a state of version ${known}; nothing was changed`,
    fix: "use the newer version of this program that has written it (git pull), or the clone that last deployed",
  }),

  /** @param consequence what still works */
  stepFailed: (
    step: string,
    reason: string,
    consequence: string,
    log: readonly string[],
    file: string,
  ): Problem => ({
    place: "the deployment",
    value: `stopped at ${step}: ${reason}`,
    expected: `every step to end well; ${consequence}`,
    fix: `mend it, then type "make up" again; all that was said is in ${file}`,
    log,
  }),

  dataAtRisk: (name: string, what: string, action: string, reason: string): Problem => ({
    place: name,
    value: `${what}, and the plan would ${action} it: ${reason}`,
    expected: "a plan that keeps what holds data; nothing was changed",
    fix: 'undo that change, then type "make up" again',
  }),

  volumeGone: (name: string, what: string): Problem => ({
    place: name,
    value: `${what}, and it is gone from the Docker engine: something other than this program deleted it, or this is another engine`,
    expected: "the volume that the state knows; nothing was changed",
    fix: `use the engine that has it (docker context, DOCKER_HOST, local.dockerHost), or make the volume (docker volume create ${name}) and fill it from a backup; only if its data may be lost for ever, to begin with an empty one: make up ARGS="--destroy-volume ${name}"`,
  }),

  unknownVolume: (name: string, known: readonly string[]): Problem => ({
    place: "--destroy-volume",
    value: name,
    expected: `the name of a data volume, typed out: ${known.join(", ")}`,
  }),

  wrongName: (typed: string, name: string): Problem => ({
    place: "the name that was typed",
    value: JSON.stringify(typed),
    expected: `${name}; nothing was changed`,
  }),

  nobodyToAsk: (target: string, args: string): Problem => ({
    place: `make ${target}`,
    value: "run without a terminal",
    expected: "somebody who types the deployment's name; nothing was deleted or changed",
    fix: `in a script: make ${target} ARGS="${args}"`,
  }),

  noStateBucket: (bucket: string): Problem => ({
    place: "host.stateBucket",
    value: `"${bucket}", which doesn't exist or isn't yours`,
    expected: "a bucket of your account",
    fix: `aws s3api create-bucket --bucket ${bucket} (docs/host.md), or leave the line out`,
  }),

  remoteStateLocked: (stack: string, holder: string, id: string): Problem => ({
    place: `the state of ${stack}`,
    value: `in use by another run of Terraform${holder}`,
    expected: "one run at a time",
    fix: `wait until it has ended; if it was killed: cd cdktf.out/stacks/${stack} && terraform force-unlock ${id}`,
  }),
} as const;
