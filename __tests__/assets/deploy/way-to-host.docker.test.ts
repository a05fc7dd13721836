import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../support/guestbook";
import { removeProjects, startproject } from "../../support/project";
import { Runner, type ScriptOutcome } from "../../support/runner";
import { SshServer } from "../../support/ssh-server";
import { temporaryFolder } from "../../support/synthesis";

/** The folder of the releases, as the door knows it: a link to that of each test. */
const folder = join(temporaryFolder(), "folder");
/** A host that was made without a door, whose key opens a shell; and one whose key does what the door allows. */
const HOSTS = {
  "an older host": "",
  "a host with a door": `restrict,pty,command="${join(ROOT, "assets/host/door")} --folder ${folder} --status ${folder}/status --forced"`,
} as const;
let server: SshServer;
const servers: SshServer[] = [];
beforeAll(async () => {
  for (const options of Object.values(HOSTS)) servers.push(await SshServer.start(options));
}, 300_000);
afterAll(() => {
  for (const one of servers) one.stop();
});
afterEach(removeProjects);

const ID = "20261124T190533Z-1a2b3c4";
const NEXT = "20261124T200000Z-5d6e7f8";
const SECRET = `A='$x "\\\`'\nÜ=1`;

/** A runner whose host is this machine, reached by the real ssh and sshd. */
class WayToHost extends Runner {
  public readonly host = temporaryFolder();

  public constructor(...files: ConstructorParameters<typeof Runner>) {
    super(...files);
    rmSync(folder, { force: true });
    symlinkSync(this.host, folder);
  }

  /** A script with what the workflow gives it. */
  public step(script: string, args: readonly string[] = [], env: Record<string, string> = {}): ScriptOutcome {
    const folder = { HOST_FOLDER: this.host, HOST_STATUS: join(this.host, "status"), UPLOAD_PAUSE: "0" };
    return this.run(script, args, { ...folder, ...env });
  }

  /** Up to the moment before the upload. */
  public prepared(secret = SECRET): this {
    expect(this.step("context")).toMatchObject({ status: 0, stderr: "" });
    this.write("release/.env", secret, 0o600);
    expect(this.step("ssh-setup", [], server.secrets)).toMatchObject({ status: 0, stderr: "" });
    return this;
  }

  public release(id: string, ...path: string[]): string {
    return join(this.host, "releases", id, ...path);
  }

  public names(): string[] {
    return readdirSync(join(this.host, "releases")).sort();
  }
}

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe.each(Object.keys(HOSTS))("to %s", (name) => {
  beforeAll(() => {
    server = servers[Object.keys(HOSTS).indexOf(name)] ?? server;
  });

  test("a release travels whole, with its modes and without its secret being read by others", () => {
    const way = new WayToHost().prepared();
    writeFileSync(join(way.host, "status"), "ready\n");
    expect(way.step("wait-for-host")).toMatchObject({ status: 0, stdout: "the host is ready\n" });
    expect(way.step("upload", [], { RELEASE_ID: ID })).toMatchObject({ status: 0, stderr: "" });

    expect(way.names()).toEqual([ID]);
    expect(readdirSync(way.release(ID)).sort()).toEqual([".env", "context", "deploy"]);
    expect(readFileSync(way.release(ID, ".env"), "utf8")).toBe(SECRET);
    expect(
      [
        ".env",
        "deploy/runner/upload",
        "deploy/settings.sh",
        "context/deployment/bin/web",
        "context/Dockerfile",
      ].map((path) => mode(way.release(ID, path))),
    ).toEqual(["600", "755", "644", "755", "644"]);
    expect(way.steps()).toEqual([
      "Lay out what the image is built from: 0",
      "Set up ssh: 0",
      "Wait until the host is ready: 0",
      "Upload: 0",
    ]);
  });

  test("what hasn't changed since the release that serves is not stored again, and keeps its time", () => {
    const way = new WayToHost({ ...startproject(""), "site/views.py": "old\n" }).prepared();
    expect(way.step("upload", [ID]).status).toBe(0);
    symlinkSync(join("releases", ID), join(way.host, "current"));
    const long = new Date("2020-01-01T00:00:00Z");
    utimesSync(way.release(ID, "context/app/manage.py"), long, long);

    // Same length: only the bytes tell.
    writeFileSync(join(way.project, "site/views.py"), "new\n");
    way.prepared("OTHER=1");
    expect(way.step("upload", [NEXT]).status).toBe(0);
    const inode = (id: string, path: string): number => lstatSync(way.release(id, path)).ino;
    expect(inode(NEXT, "context/app/manage.py")).toBe(inode(ID, "context/app/manage.py"));
    expect(statSync(way.release(NEXT, "context/app/manage.py")).mtime).toEqual(long);
    expect(inode(NEXT, "context/app/site/views.py")).not.toBe(inode(ID, "context/app/site/views.py"));
    expect(readFileSync(way.release(ID, "context/app/site/views.py"), "utf8")).toBe("old\n");
    expect(readFileSync(way.release(NEXT, "context/app/site/views.py"), "utf8")).toBe("new\n");
    expect(readFileSync(way.release(ID, ".env"), "utf8")).toBe(SECRET);
  });

  test("a network that breaks in the middle is tried again; until then there is no such release", () => {
    const way = new WayToHost().prepared();
    // The first rsync is cut off after one file.
    way.replace(
      "rsync",
      `#!/usr/bin/env bash
if [ ! -e "$HOME/cut" ]; then
  touch "$HOME/cut"
  timeout 1 "$(command -pv rsync)" --bwlimit=8 "$@" --no-compress
  ls -A ${JSON.stringify(way.host)}/releases >"$HOME/meanwhile"
  exit 12
fi
exec "$(command -pv rsync)" "$@"
`,
    );
    const { status, stderr } = way.step("upload", [ID]);
    expect(stderr).toContain("the upload failed (status 12); again in 0 s");
    expect(status).toBe(0);
    expect(readFileSync(join(way.temporary, "meanwhile"), "utf8")).toBe(`.${ID}.part\n`);
    expect(way.names()).toEqual([ID]);
    expect(existsSync(way.release(ID, "context/Dockerfile"))).toBe(true);
  });

  test("what an upload that was killed has left is swept by a later one, but not one that is under way", () => {
    const way = new WayToHost().prepared();
    const hour = new Date(Date.now() - 3_600_000);
    for (const name of [
      ".20260101T000000Z-old.part",
      ".20260101T000001Z-new.part",
      "20260101T000000Z-kept",
    ]) {
      mkdirSync(way.release(name), { recursive: true });
      if (!name.includes("new")) utimesSync(way.release(name), hour, hour);
    }
    expect(way.step("upload", [ID]).status).toBe(0);
    expect(way.names()).toEqual([".20260101T000001Z-new.part", "20260101T000000Z-kept", ID]);
  });

  test.each<[string, string, string]>([
    ["a name that is none", "../x", '"../x" is no release'],
    ["a release that is there", ID, `the release ${ID} is on the host already`],
  ])("upload refuses %s", (_name, id, message) => {
    const way = new WayToHost().prepared();
    mkdirSync(way.release(ID), { recursive: true });
    const { status, stderr } = way.step("upload", [id]);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(way.names()).toEqual([ID]);
  });

  test("a full disk is said at once, and a network that stays away after some tries", () => {
    const way = new WayToHost().prepared();
    way.replace(
      "rsync",
      "#!/bin/sh\necho 'rsync: write failed: No space left on device (28)' >&2\nexit 11\n",
    );
    expect(way.step("upload", [ID]).stderr).toContain("error: the disk of the host is full");
    way.replace("rsync", "#!/bin/sh\nexit 12\n");
    const { stderr } = way.step("upload", [NEXT], { UPLOAD_TRIES: "2" });
    expect(stderr).toContain("error: the upload failed 2 times (status 12)");
    expect(way.names().filter((name) => !name.startsWith("."))).toEqual([]);
  });

  test("release and summary run the release program of that release, and pass its verdict on", () => {
    const way = new WayToHost().prepared();
    const script =
      '#!/usr/bin/env bash\nif [ "$1" = summary ]; then echo "**$2 serves**"; exit; fi\nprintf "%s|" "$@"\nexit "$(cat "$(dirname "$0")/verdict")"\n';
    mkdirSync(way.release(ID, "deploy/host"), { recursive: true });
    writeFileSync(way.release(ID, "deploy/host/release"), script, { mode: 0o755 });
    const release = (verdict: number): ScriptOutcome => {
      writeFileSync(way.release(ID, "deploy/host/verdict"), String(verdict));
      return way.step("release", [ID], {
        HOST: "127.0.0.1",
        GITHUB_SHA: "1a2b3c4d",
        GITHUB_ACTOR: "bot[$(x)] 'a'",
      });
    };
    expect(release(0)).toMatchObject({
      status: 0,
      stdout: `run|${ID}|--address|127.0.0.1|--commit|1a2b3c4d|--by|bot[$(x)] 'a'|--wait|900|`,
    });
    expect(release(4).stderr).toContain(
      `error: the release ${ID} failed; the lines above say why, and what serves now`,
    );
    expect(way.step("summary", [ID]).stdout).toMatch(
      new RegExp(
        `^## guestbook: ${ID}\n\n\\| step \\| seconds \\| \\|\n[^]*\\| Release \\| \\d+ \\| failed \\|\n\n\\*\\*${ID} serves\\*\\*\n$`,
      ),
    );
  });
});

test("a summary needs neither host nor release", () => {
  const way = new WayToHost();
  expect(way.step("summary")).toMatchObject({
    status: 0,
    stdout: "## guestbook\n\nNothing was released: the run ended before it came to the host.\n",
  });
});

describe("ssh-setup", () => {
  beforeAll(() => {
    server = servers[0] ?? server;
  });

  test("keeps everything from others' eyes, and takes a key without its last newline", () => {
    const way = new WayToHost();
    const { status, stdout } = way.step("ssh-setup", [], {
      ...server.secrets,
      KEY: server.key.trimEnd().replaceAll("\n", "\r\n"),
    });
    expect(status).toBe(0);
    expect(stdout).not.toContain("KEY");
    expect(
      ["ssh", "ssh/config", "ssh/key", "ssh/known_hosts"].map((path) => mode(join(way.temporary, path))),
    ).toEqual(["700", "600", "600", "600"]);
    writeFileSync(join(way.host, "status"), "ready");
    expect(way.step("wait-for-host").status).toBe(0);
  });

  test("another machine is never talked to", () => {
    const way = new WayToHost();
    const foreign = `[127.0.0.1]:${server.port} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB`;
    expect(way.step("ssh-setup", [], { ...server.secrets, KNOWN_HOSTS: foreign }).status).toBe(0);
    writeFileSync(join(way.host, "status"), "ready");
    const { status, stderr } = way.step("wait-for-host", [], { WAIT_HOST_KEY: "0" });
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("the host shows another key than KNOWN_HOSTS says"),
    ]);
  });

  test("a key of another machine is said", () => {
    const way = new WayToHost();
    expect(way.step("ssh-setup", [], { ...server.secrets, KEY: strangersKey() }).status).toBe(0);
    expect(way.step("wait-for-host", [], { WAIT_KEY: "0" }).stderr).toContain("error: the host refuses KEY");
  });

  test.each<[string, Record<string, string>, string]>([
    ["a missing secret", { KEY: "" }, "KEY is not set"],
    ["a key that is none", { KEY: "ssh-ed25519 AAAA" }, "KEY is no private key"],
    ["a host that is none", { HOST: "ubuntu@192.0.2.1\n  ProxyCommand x" }, "HOST is no address"],
    ["a known_hosts of another host", { HOST: "192.0.2.1" }, "KNOWN_HOSTS has no line for HOST"],
  ])("refuses %s", (_name, secrets, message) => {
    const { status, stderr } = new WayToHost().step("ssh-setup", [], { ...server.secrets, ...secrets });
    expect(status).toBe(1);
    expect(stderr).toContain(`error: ${message}`);
  });
});

/** A private key that opens nothing here. */
function strangersKey(): string {
  const file = join(temporaryFolder(), "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  return readFileSync(file, "utf8");
}
