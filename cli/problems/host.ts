import type { Problem } from "../../config/errors";

/** What the guard calls the machine on AWS. */
export const MACHINE = "the machine: without it nothing is served";

/** What the guard calls the key pair on AWS. */
export const KEY_PAIR = "the key that opens the machine";

/** What the guard says to do about what has a way of its own. */
const WAYS_OUT: Readonly<Record<string, (name: string) => string>> = {
  [MACHINE]: (name) =>
    `undo that change; to have a new machine with the same data: make host ARGS="--replace-machine ${name}"`,
  [KEY_PAIR]: (name) =>
    `bring the keys from where the machine was made (docs/host.md, "When you are several"); to have a new machine that these open: make host ARGS="--replace-machine ${name}"`,
};

/** What is wrong with the machine on AWS, and the way to it. */
export const hostProblems = {
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

  keyNotRestricted: (): Problem => ({
    place: "deploy key",
    value: "not restricted; the machine's authorized_keys is as it was",
    expected: "a key that does the machine's verbs, and nothing else",
    fix: "do what the lines above say, then type make restrict-key again",
  }),

  releaseFailed: (what: string): Problem => ({
    place: "release",
    value: `stopped while it was to ${what}`,
    expected: "a release that serves; the lines above say what is the matter",
    fix: "nothing is lost; mend what the lines above name, then type make release again",
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

  lostKeys: (files: readonly string[], name: string, pin: string): Problem => ({
    place: files.join(" and "),
    value: `missing, and the host of ${name} was made with these keys (${pin})`,
    expected: "the keys that the host knows; new ones would not open it. Nothing was made",
    fix: `copy .deployment/ssh from the computer that made the host (docs/host.md, "When you are several"); only if that copy is lost: make keys ARGS=--renew, then make host ARGS="--replace-machine ${name}", which keeps data and address`,
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
      WAYS_OUT[what]?.(name) ??
      `undo that change; only if it may be lost for ever: make host ARGS="--lose ${name}"`,
  }),

  machineProtected: (): Problem => ({
    place: "the machine",
    value: "protected from being terminated",
    expected: "a command that says that it may be",
    fix: 'make host ARGS="--replace-machine NAME" for a new one, make destroy-host for none',
  }),
} as const;
