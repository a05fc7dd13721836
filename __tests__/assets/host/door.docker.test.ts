import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../support/guestbook";
import { SshServer } from "../../support/ssh-server";
import { temporaryFolder } from "../../support/synthesis";

const ID = "20261124T190533Z-1a2b3c4";
const folder = temporaryFolder();
const own = temporaryFolder();
const config = join(own, "config");
let server: SshServer;

beforeAll(async () => {
  const door = `${join(ROOT, "assets/host/door")} --folder ${folder} --status ${folder}/status --forced`;
  server = await SshServer.start(`restrict,pty,command="${door}"`);
  writeFileSync(join(own, "key"), server.key, { mode: 0o600 });
  writeFileSync(join(own, "known_hosts"), `${server.knownHosts}\n`);
  const { HOST = "", SSH_PORT = "", SSH_USER = "" } = server.secrets;
  const lines = [
    ...[`HostName ${HOST}`, `Port ${SSH_PORT}`, `User ${SSH_USER}`, `IdentityFile ${join(own, "key")}`],
    ...[`UserKnownHostsFile ${join(own, "known_hosts")}`, "IdentitiesOnly yes", "BatchMode yes"],
  ];
  writeFileSync(config, `Host host\n${lines.map((line) => `  ${line}\n`).join("")}`);
  writeFileSync(join(folder, "status"), "ready\n");
  // It tells what it was called with, and what is around it.
  const program = join(folder, "releases", ID, "deploy", "host", "release");
  mkdirSync(join(program, ".."), { recursive: true });
  writeFileSync(program, '#!/bin/sh\nprintf "%s|" "$@"\necho\nenv\ntest -t 0 && echo terminal\nexit 7\n', {
    mode: 0o755,
  });
  symlinkSync(join("releases", ID), join(folder, "current"));
}, 300_000);
afterAll(() => server.stop());

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function call(program: string, ...words: readonly string[]): Ended {
  const options = { encoding: "utf8", input: "", timeout: 60_000 } as const;
  return spawnSync(program, ["-F", config, ...words], options);
}
const ssh = (...words: readonly string[]): Ended => call("ssh", ...words);

/** All that lies on the host. */
const onHost = (): string[] => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

it("the host says how far it is, and the release that serves gets its words and its exit status", () => {
  expect(ssh("host", "host-status")).toMatchObject({ status: 0, stdout: "ready\n" });
  const { status, stdout } = ssh("host", `manage shell -c 'a "b"; $(id)'`);
  expect([status, stdout.split("\n")[0]]).toEqual([7, 'manage|shell|-c|a "b"; $(id)|']);
  expect(ssh("-tt", "host", "shell").stdout).toContain("terminal");
});

it("neither an agent, nor variables, nor a display come along", () => {
  const agent = spawnSync("ssh-agent", ["-c"], { encoding: "utf8" }).stdout;
  const [, socket = ""] = /SSH_AUTH_SOCK (\S+);/.exec(agent) ?? [];
  const [, pid = "0"] = /SSH_AGENT_PID (\d+);/.exec(agent) ?? [];
  try {
    const options = [
      "-A",
      "-X",
      "-o",
      `IdentityAgent=${socket}`,
      "-o",
      "SetEnv=LD_PRELOAD=/x BASH_ENV=/x DISPLAY=:0",
    ];
    const { stdout } = ssh(...options, "host", "status");
    expect(stdout).toContain("HOME=");
    expect(stdout).not.toMatch(/^(SSH_AUTH_SOCK|LD_PRELOAD|BASH_ENV|DISPLAY|SSH_ORIGINAL_COMMAND)=/m);
  } finally {
    process.kill(Number(pid));
  }
});

it.each<[string, readonly string[]]>([
  ["a shell", ["host"]],
  ["a shell with a terminal", ["-tt", "host"]],
  ["a command", ["host", "id"]],
  ["a command behind a verb", ["host", "host-status; touch PLACE"]],
  ["a command in the next line", ["host", "host-status\ntouch PLACE"]],
  ["a command in a word", ["host", "summary $(touch PLACE)"]],
  ["another folder", ["host", "/usr/local/lib/django-deployment/door --folder / has-release"]],
])("%s is refused, and the verbs are told", (_name, words) => {
  const before = onHost();
  const { status, stdout, stderr } = ssh(...words.map((word) => word.replace("PLACE", join(folder, "x"))));
  expect(status).toBe(64);
  expect(`${stdout}${stderr}`).toContain("✗ ");
  expect(stdout).not.toContain("uid=");
  expect(onHost()).toEqual(before);
});

it("a subsystem is refused", () => {
  // Of a subsystem ssh shows no words.
  expect(ssh("-s", "host", "sftp")).toMatchObject({ status: 64, stdout: "" });
});

it.each<[string, readonly string[]]>([
  ["a port of this machine (-L and -D)", ["-W", "127.0.0.1:PORT", "host"]],
  ["a port of the host (-R)", ["-R", "0:127.0.0.1:9", "host", "host-status"]],
  ["a socket on the host (-R)", ["-R", "PLACE:127.0.0.1:9", "host", "host-status"]],
  ["a network (-w)", ["-w", "any", "host", "host-status"]],
])("%s is not forwarded", (_name, words) => {
  const { status, stdout } = ssh(
    ...["-o", "ExitOnForwardFailure=yes"],
    ...words.map((word) => word.replace("PORT", String(server.port)).replace("PLACE", join(folder, "x"))),
  );
  expect(status).toBe(255);
  expect(stdout).toBe("");
  expect(existsSync(join(folder, "x"))).toBe(false);
});

it.each(["scp", "scp -O", "rsync"])("%s copies nothing, there and back", (program) => {
  const [name = "", ...options] = program.split(" ");
  const file = join(own, "file");
  writeFileSync(file, "x");
  const before = onHost();
  const copy = (from: string, to: string): number | null =>
    name === "rsync"
      ? spawnSync("rsync", ["--rsh", `ssh -F ${config}`, from, to]).status
      : call(name, ...options, from, to).status;
  expect(copy(file, `host:${folder}/x`)).not.toBe(0);
  expect(copy(file, `host:.`)).not.toBe(0);
  expect(copy(`host:${folder}/status`, join(own, "taken"))).not.toBe(0);
  expect(onHost()).toEqual(before);
  expect(existsSync(join(own, "taken"))).toBe(false);
});

describe("an upload", () => {
  const NEXT = "20261124T200000Z-5d6e7f8";
  const OPTIONS = "--recursive --links --perms --checksum --compress --delete --partial --timeout=60 --stats";
  const upload = (source: string, options = OPTIONS, target = "host:."): Ended =>
    spawnSync(
      "rsync",
      [...options.split(" "), `--rsh=ssh -F ${config}`, `--rsync-path=upload ${NEXT}`, `${source}/`, target],
      { encoding: "utf8" },
    );
  /** A folder with files, or links for those that begin with `->`. */
  const made = (files: Readonly<Record<string, string>>): string => {
    const source = temporaryFolder();
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(source, path, ".."), { recursive: true });
      if (text.startsWith("->")) symlinkSync(text.slice(2), join(source, path));
      else writeFileSync(join(source, path), text);
    }
    return source;
  };

  it("changes nothing beside its own folder, whatever it is told and whatever links it has", () => {
    const others = onHost();
    const victim = temporaryFolder();
    expect(upload(made({ "deploy/x": "1" })).status).not.toBe(0);
    expect(ssh("host", `upload-begin ${NEXT}`).status).toBe(0);
    expect(upload(made({ "deploy/x": "1" }), OPTIONS, `host:${victim}`).status).toBe(0);
    expect(upload(made({ "deploy/x": "1" }), OPTIONS, "host:../../").status).toBe(0);
    // First a link that leads out, then a file behind it.
    expect(upload(made({ deploy: `->${victim}`, context: `->${folder}` })).status).toBe(0);
    expect(ssh("host", `upload-end ${NEXT}`)).toMatchObject({
      status: 64,
      stderr: expect.stringContaining("is neither a plain file nor a folder") as string,
    });
    expect(upload(made({ "deploy/file": "1", "context/status": "changed" })).status).toBe(0);
    expect(readdirSync(victim)).toEqual([]);
    expect(readFileSync(join(folder, "status"), "utf8")).toBe("ready\n");
    expect(ssh("host", `upload-end ${NEXT}`).status).toBe(0);
    expect(onHost().filter((path) => !path.startsWith(`releases/${NEXT}`))).toEqual(others);
  });

  it.each(["--keep-dirlinks", "--devices", "--backup --backup-dir=/tmp", "--temp-dir=/tmp", "--inplace"])(
    "takes no option of its own: %s",
    (option) => {
      expect(upload(made({ "deploy/x": "1" }), `${OPTIONS} ${option}`).status).not.toBe(0);
    },
  );
});
