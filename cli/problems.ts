import type { Problem } from "../config/errors";

/** What the guard calls the machine on AWS. */
export const MACHINE = "the machine: without it nothing is served";

/** What a command needs of Terraform, and what OpenTofu calls the same. */
export const OLDEST_TERRAFORM = "1.10";

/** Second half of the catalogue in `config/errors.ts`: what can be wrong with a machine or a run. */
export const machineProblems = {
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

  dockerDenied: (user: string): Problem => ({
    place: "the Docker engine",
    value: `closed to the user ${user} (permission denied on its socket)`,
    expected: "a user who may use it",
    fix: `sudo usermod -aG docker ${user}, log in again, then type the command again`,
  }),

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

  noPrograms: (name: string, log: readonly string[]): Problem => ({
    place: name,
    value: "not to be had",
    expected: `what tools/${name}.txt lists, from PyPI`,
    fix: `mend what it says, then type tools/python-programs ${name}`,
    log,
  }),

  unknownFault: (name: string, known: readonly string[]): Problem => ({
    place: "FAULT",
    value: `"${name}", which the rehearsal doesn't know`,
    expected: `one of ${known.join(", ")}`,
    fix: `type for example make rehearse FAULT=${known[0] ?? ""}`,
  }),

  anotherRun: (command: string, pid: number): Problem => ({
    place: "this folder",
    value: `at work already: "${command}", process ${pid}`,
    expected: "one run at a time",
    fix: "wait until it has ended, then type the command again",
  }),

  taskStillRunning: (role: string, container: string): Problem => ({
    place: `${role} of an earlier run`,
    value: `still at work in the container ${container}`,
    expected: "a task that ends; two of them at once could break what both work on",
    fix: `see what it waits for (docker logs ${container}), stop it (docker stop ${container}), then again`,
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

  noAnswer: (url: string, found: string): Problem => ({
    place: url,
    value: found,
    expected: "an answer of the application",
    fix: 'see what it says: "make logs"',
  }),

  dataAtRisk: (name: string, what: string, action: string, reason: string): Problem => ({
    place: name,
    value: `${what}, and the plan would ${action} it: ${reason}`,
    expected: "a plan that keeps what holds data; nothing was changed",
    fix: `undo that change; only if its data may be lost for ever: make up ARGS="--destroy-volume ${name}"`,
  }),

  unknownVolume: (name: string, known: readonly string[]): Problem => ({
    place: "--destroy-volume",
    value: name,
    expected: `the name of a data volume, typed out: ${known.join(", ")}`,
  }),

  wrongName: (typed: string, name: string): Problem => ({
    place: "the name that was typed",
    value: JSON.stringify(typed),
    expected: `${name}; nothing was deleted`,
  }),

  nobodyToAsk: (command: string, name: string): Problem => ({
    place: command,
    value: "run without a terminal",
    expected: "somebody who types the deployment's name",
    fix: `in a script: make ${command} ARGS="--name ${name}"`,
  }),

  noHost: (): Problem => ({
    place: "host",
    value: "missing in deployment.ts",
    expected: "the section that describes the machine on AWS",
    fix: 'write for example host: { region: "eu-central-1" }',
  }),

  noMachine: (): Problem => ({
    place: "machine on AWS",
    value: "not known here",
    expected: "its address, which make host writes down",
    fix: "type make host first; when it is there already, that changes nothing",
  }),

  noRelease: (): Problem => ({
    place: "machine on AWS",
    value: "without a release",
    expected: "one that serves",
    fix: "type make release, or push when the pipeline is there",
  }),

  hostUnreachable: (address: string, reason: string, networks: readonly string[]): Problem => ({
    place: address,
    value: `not to be reached over ssh: ${reason}`,
    expected: "an answer on port 22",
    fix:
      networks.length === 0
        ? 'its firewall lets nobody in: write your network into host.ssh in deployment.ts (for example ["192.0.2.7/32"]), then type make host'
        : `see that you are in ${networks.join(" or ")} and that the machine runs, then type it again`,
  }),

  releaseFailed: (what: string): Problem => ({
    place: "release",
    value: `stopped while it was to ${what}`,
    expected: "a release that serves; the lines above say what is the matter",
    fix: "the release before still serves; mend what the lines above name, then type make release again",
  }),

  noSsh: (): Problem => ({
    place: "ssh-keygen",
    expected: "OpenSSH's client, which makes the keys",
    fix: "install it (Debian and Ubuntu: sudo apt-get install openssh-client)",
  }),

  keyFailed: (file: string, reason: string): Problem => ({
    place: file,
    value: `no key that ssh-keygen reads without asking: ${reason}`,
    expected: "a private key without a passphrase, in a folder that can be written",
    fix: "take the passphrase away (ssh-keygen -p -f KEY), or use another key",
  }),

  noPrivateKey: (place: string, file: string): Problem => ({
    place,
    value: `missing: there is no ${file}`,
    expected: "the file of a private ssh key",
    fix: "correct the path; without it a key of its own is made",
  }),

  openPrivateKey: (place: string, file: string): Problem => ({
    place,
    value: `${file}, which others can read`,
    expected: "a private key that its owner alone can read, else ssh refuses it",
    fix: `chmod 600 ${file}`,
  }),

  hostAtRisk: (name: string, what: string, action: string, reason: string): Problem => ({
    place: name,
    value: `${what}, and the plan would ${action} it: ${reason}`,
    expected: "a plan that keeps it; nothing was changed",
    fix:
      what === MACHINE
        ? `undo that change; to have a new machine with the same data: make host ARGS="--replace-machine ${name}"`
        : `undo that change; only if it may be lost for ever: make host ARGS="--lose ${name}"`,
  }),

  noAwsCredentials: (): Problem => ({
    place: "AWS",
    value: "closed: there are no credentials",
    expected: "credentials in the environment, in a profile, or by single sign-on",
    fix: "aws configure, or aws sso login and AWS_PROFILE=NAME, then type the command again (docs/host.md)",
  }),

  expiredAwsCredentials: (): Problem => ({
    place: "AWS",
    value: "closed: the credentials have expired",
    expected: "credentials that are valid for the next ten minutes",
    fix: "aws sso login, or get new ones, then type the command again: it carries on",
  }),

  refusedAwsCredentials: (region: string, said: string): Problem => ({
    place: "AWS",
    value: `closed: it doesn't know the credentials (${said})`,
    expected: `the key of an account in which ${region} is enabled`,
    fix: "see whose they are: aws sts get-caller-identity",
  }),

  awsDenied: (action: string, said: string): Problem => ({
    place: "AWS",
    value: `closed for ${action === "" ? "something that is needed" : action} (${said})`,
    expected: "credentials that may make what docs/host.md lists",
    fix: "have the account's owner allow it, then type the command again: it carries on",
  }),

  noAwsCapacity: (type: string, zone: string): Problem => ({
    place: "host.instanceType",
    value: `"${type}", which AWS doesn't have in ${zone} at the moment`,
    expected: "a type that the zone has",
    fix: "write another instanceType; another zone only as long as there is no data volume",
  }),

  awsLimit: (region: string, said: string): Problem => ({
    place: "AWS",
    value: `at a limit of your account in ${region} (${said})`,
    expected: "room for one machine, one address and one VPC",
    fix: "remove what nobody needs, or ask AWS for more (Service Quotas), then type the command again",
  }),

  machineProtected: (): Problem => ({
    place: "the machine",
    value: "protected from being terminated",
    expected: "a command that says that it may be",
    fix: 'make host ARGS="--replace-machine NAME" for a new one, make destroy-host for none',
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

  foreignPipelineFile: (path: string): Problem => ({
    place: path,
    value: "there already, and not made by this program",
    expected: "a place that is free; nothing was written",
    fix: path.endsWith("/")
      ? "give that folder another name: the pipeline keeps what a release needs under this one"
      : "remove it, or give it another name in the same folder: the pipeline's workflow has this one",
  }),

  pipelineDrift: (differences: readonly string[]): Problem => ({
    place: "the repository",
    value: `behind deployment.ts: ${differences.length} of the pipeline's files differ`,
    expected: "the files that synth makes",
    fix: "make pipeline-files, then commit them",
    log: differences,
  }),

  unknownRole: (role: string, known: readonly string[]): Problem => ({
    place: "the container",
    value: JSON.stringify(role),
    expected: known.length > 0 ? `one of ${known.join(", ")}` : 'a deployment that is up: type "make up"',
  }),
} as const;
