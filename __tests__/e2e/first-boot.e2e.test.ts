import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Disk } from "../../rehearsal/host/disk";
import { FAKE_HOST_IMAGE, type FakeHost } from "../../rehearsal/host/host";
import { MINUTE } from "./support/counts";
import { Machines } from "./support/machines";
import { mustRun, run, waitFor } from "./support/run";

/** Seconds until a machine is ready, on a busy computer. */
const BOOT = 150;
const AGAIN = "/var/lib/cloud/scripts/per-boot/prepare-host";

/** A service that keeps a row for each request, on two ports. */
const SERVICE = `use IO::Socket::INET;
$port = fork ? 80 : 8080;
$s = IO::Socket::INET->new(LocalPort => $port, Listen => 9, ReuseAddr => 1) or die;
while ($c = $s->accept) {
  while (<$c>) { last if /^\\r?\\n$/ }
  open $f, ">>", "/rows/log"; print $f "row\\n"; close $f;
  open $f, "<", "/rows/log"; @rows = <$f>; close $f;
  print $c "HTTP/1.0 200 OK\\r\\n\\r\\n" . @rows;
  close $c;
}`;

let machines: Machines;
let disk: Disk;
let host: FakeHost;

/** What a request to the service answers: how many rows it has now. */
async function rows(port = 80): Promise<number> {
  const answer = await fetch(`http://${await host.address()}:${port}/`, {
    signal: AbortSignal.timeout(3000),
  });
  return Number(await answer.text());
}

/** Digests of all that releases have on the volume. */
async function files(): Promise<string> {
  return host.exec("sh", "-c", "cd /home/ubuntu/srv && find . -type f | LC_ALL=C sort | xargs sha256sum");
}

/** The same as `rows`, when the service must come back first. */
async function rowsAgain(): Promise<number> {
  return waitFor("the service answers", 60, async () => rows().catch(() => undefined));
}

beforeAll(async () => {
  machines = await Machines.prepare();
  disk = await machines.disk();
}, 5 * MINUTE);

it("cloud-init accepts the user data", async () => {
  const file = join("/tmp", "user-data");
  const check = `cat >${file} && cloud-init schema --config-file ${file}`;
  const { status, output } = await run(
    "docker",
    ["run", "--rm", "--interactive", FAKE_HOST_IMAGE, "sh", "-c", check],
    { input: machines.userData },
  );
  expect({ status, output }).toEqual({
    status: 0,
    output: expect.stringContaining("Valid schema") as string,
  });
});

describe("the first boot", () => {
  beforeAll(async () => {
    host = await machines.machine("one", disk);
    // The key comes late, as permissions do; and answers are slow, so that those who ask are seen.
    machines.metadata.parameters.clear();
    machines.metadata.delay = 300;
    await host.boot();
    const watch =
      "until [ -e /tmp/seen-enough ]; do cat /proc/[0-9]*/cmdline; sleep 0.05; done 2>/dev/null | tr '\\0' ' ' >/tmp/seen";
    void host.try("sh", "-c", watch);
    await host.waitForStatus(/^preparing: ssh host key \(waiting: SSM says: ParameterNotFound /, BOOT);
    machines.metadata.parameters.set(machines.parameter, machines.hostKey.private);
    await host.waitForStatus(/^ready$/, BOOT);
    machines.metadata.delay = 0;
    await host.exec("touch", "/tmp/seen-enough");
  }, 3 * MINUTE);

  it("keeps everything of Docker's on the data volume", async () => {
    expect(await host.exec("docker", "info", "--format", "{{.DockerRootDir}}")).toBe("/data/docker\n");
    expect(await host.exec("findmnt", "-n", "-o", "SOURCE", "/data")).toBe("/dev/nvme1n1\n");
    expect(await host.exec("cat", "/etc/fstab")).toContain(`UUID=${await disk.uuid()} /data ext4 `);
  });

  it("makes a Swarm of one node that nothing outside reaches", async () => {
    const format =
      "{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}} {{.Swarm.NodeAddr}} {{.Swarm.Nodes}}";
    expect(await host.exec("docker", "info", "--format", format)).toBe("active true 127.0.0.1 1\n");
    const listening = await host.exec("ss", "--listening", "--tcp", "--numeric", "--no-header");
    const outside = listening.split("\n").filter((line) => line !== "" && !/127\.0\.0\.|\[::1\]/.test(line));
    expect(outside.map((line) => /:(\d+) /.exec(line)?.[1])).toEqual(["22", "22"]);
  });

  it("has the host key that SSM keeps, and no other", async () => {
    const scanned = await mustRun("ssh-keyscan", [await host.address()]);
    expect(scanned.trim().split("\n")).toEqual([`${await host.address()} ${machines.hostKey.public}`]);
  });

  it("lets the deploy key do verbs and nothing else, as the user ubuntu, who runs docker and owns the releases", async () => {
    const known = join(machines.releaseKey.file, "..", "known_hosts");
    writeFileSync(known, `${await host.address()} ${machines.hostKey.public}\n`);
    const options = [
      "-i",
      machines.releaseKey.file,
      "-o",
      `UserKnownHostsFile=${known}`,
      "-o",
      "BatchMode=yes",
    ];
    const ubuntu = [...options, `ubuntu@${await host.address()}`];
    expect(await mustRun("ssh", [...ubuntu, "host-status"])).toBe("ready\n");
    await expect(mustRun("ssh", [...ubuntu, "id"])).rejects.toThrow("the deploy key does host-status, ");
    const command = "touch ~/srv/ubuntu/.env && docker node ls --format {{.Status}}";
    expect(await host.exec("su", "--login", "ubuntu", "--command", command)).toBe("Ready\n");
    expect(await host.exec("stat", "-c", "%U %m", "/home/ubuntu/srv/ubuntu/.env")).toBe(
      "ubuntu /home/ubuntu/srv\n",
    );
    expect(await host.exec("ls", "-A", "/data/srv/ubuntu")).toBe(".env\n");
  });

  it("refuses passwords and root by ssh", async () => {
    const settings = await host.exec("sshd", "-T");
    for (const name of ["passwordauthentication", "permitrootlogin", "kbdinteractiveauthentication"])
      expect(settings).toContain(`${name} no\n`);
  });

  it("shows the host key and the role's credentials to nobody", async () => {
    const seen = await host.exec("cat", "/tmp/seen");
    // The processes that had them were watched.
    expect(seen).toContain("--config -");
    const [, line = ""] = machines.hostKey.private.split("\n");
    const secrets = [line, ...machines.metadata.secrets];
    for (const secret of secrets) expect(seen).not.toContain(secret);
    for (const secret of secrets) expect(machines.userData).not.toContain(secret);
    const folders = ["/var/log", "/var/lib", "/run", "/tmp", "/home"];
    const search = ["grep", "-rlF", ...secrets.flatMap((secret) => ["-e", secret]), ...folders];
    expect((await host.try(...search)).stdout).toBe("");
    // Each request had its token and its signature, and was refused only while there was no key.
    const refused = machines.metadata.requests.filter((request) => request.startsWith("refused"));
    expect(new Set(refused)).toEqual(new Set([`refused: no parameter ${machines.parameter}`]));
  });

  it("makes the swap file, and says that a container may not use it", async () => {
    expect(await host.exec("stat", "-c", "%s %a", "/swapfile")).toBe(`${32 * 1024 * 1024} 600\n`);
    expect(await host.exec("cat", "/etc/fstab")).toContain("/swapfile none swap sw 0 0\n");
    expect(await host.log()).toContain("no swap: this is a container");
  });

  it("installs security updates by itself, and reboots when they need it", async () => {
    const settings = await host.exec("apt-config", "dump");
    expect(settings).toContain('APT::Periodic::Unattended-Upgrade "1";');
    expect(settings).toContain('Unattended-Upgrade::Automatic-Reboot-Time "03:30";');
    const origins = settings.match(/^Unattended-Upgrade::Allowed-Origins:: .*$/gm) ?? [];
    expect(origins.filter((origin) => !origin.includes("security"))).toEqual([]);
  });
});

describe("containers", () => {
  beforeAll(async () => {
    await host.load("django-deployment/debian:trixie");
    const ports = ["80", "8080"].map((port) => `--publish=mode=host,target=${port},published=${port}`);
    const mount = "--mount=type=volume,source=rows,target=/rows";
    const options = ["--quiet", "--detach=false", "--no-resolve-image", "--name=rows", mount, ...ports];
    await host.exec(
      "docker",
      "service",
      "create",
      ...options,
      "django-deployment/debian:trixie",
      "perl",
      "-e",
      SERVICE,
    );
  }, 2 * MINUTE);

  it("are reached on port 80, and on no other that they publish", async () => {
    expect(await rowsAgain()).toBe(1);
    await expect(rows(8080)).rejects.toThrow();
    // It is there, for this machine itself.
    expect(await host.exec("curl", "-s", "http://127.0.0.1:8080/")).toBe("2");
  });

  it("don't reach the instance's metadata", async () => {
    const ask = "exec 3<>/dev/tcp/169.254.169.254/80";
    const command = [
      "docker",
      "run",
      "--rm",
      "django-deployment/debian:trixie",
      "timeout",
      "5",
      "bash",
      "-c",
      ask,
    ];
    expect((await host.try(...command)).stderr).toContain("Connection refused");
    const rules = await host.exec("iptables", "-nvxL", "DJANGO-DEPLOYMENT");
    expect(rules).toMatch(/^ +[1-9]\d* .* REJECT .* 169\.254\.169\.254 /m);
  });
});

describe("after a power cut", () => {
  let before: { readonly uuid: string; readonly rows: number; readonly files: string };

  beforeAll(async () => {
    await host.exec(
      "sh",
      "-c",
      "for i in $(seq 40); do head -c 99999 /dev/urandom >/data/srv/ubuntu/$i; done",
    );
    before = { uuid: await disk.uuid(), rows: await rows(), files: await files() };
    // What a cut leaves of a file that was just written; and a line of a volume that was here before.
    const stale = "UUID=00000000-0000-4000-8000-000000000000 /data ext4 defaults,nofail 0 2";
    await host.exec("sh", "-c", `sync; : >/etc/docker/daemon.json; echo '${stale}' >>/etc/fstab`);
    await host.powerCut();
    await host.boot();
    await host.waitForStatus(/^ready$/, BOOT);
  }, 4 * MINUTE);

  it("the same file system holds what it held", async () => {
    expect(await disk.uuid()).toBe(before.uuid);
    expect(await files()).toBe(before.files);
    const lines = (await host.exec("cat", "/etc/fstab"))
      .split("\n")
      .filter((line) => line.includes(" /data "));
    expect(lines).toEqual([expect.stringMatching(`^UUID=${before.uuid} /data ext4 `)]);
  });

  it("the service returns with its rows", async () => {
    expect(await rowsAgain()).toBe(before.rows + 1);
  });

  it("a file that the cut has emptied is whole again, and the next run changes nothing", async () => {
    expect(await host.exec("cat", "/etc/docker/daemon.json")).toContain("/data/docker");
    const state =
      "cat /run/docker.pid /etc/fstab; iptables-save | grep -v '^[#:]'; stat -c %Y /etc/ssh/* /swapfile";
    const first = await host.exec("sh", "-c", state);
    await host.exec(AGAIN);
    expect(await host.exec("sh", "-c", state)).toBe(first);
  });
});

describe("settings that change", () => {
  it("make the swap file anew, or away", async () => {
    for (const size of [16, 0]) {
      await host.exec("sed", "-i", `s/^SWAP_MIB=.*/SWAP_MIB=${size}/`, "/etc/django-deployment/host.env");
      await host.exec(AGAIN);
      const { stdout } = await host.try("stat", "-c", "%s", "/swapfile");
      expect(stdout).toBe(size === 0 ? "" : `${size * 1024 * 1024}\n`);
    }
    expect(await host.exec("cat", "/etc/fstab")).not.toContain("swap");
  });

  it("restart the engine, once", async () => {
    const started = async (): Promise<string> => host.exec("cat", "/run/docker.pid");
    const first = await started();
    await host.exec("touch", "/etc/docker/daemon.json");
    await host.exec(AGAIN);
    const second = await started();
    expect(second).not.toBe(first);
    await host.exec(AGAIN);
    expect(await started()).toBe(second);
  });

  it("stop at the first one that is wrong, which is named", async () => {
    await host.exec("sed", "-i", "s/^SWAP_MIB=.*/SWAP_MIB=much/", "/etc/django-deployment/host.env");
    expect((await host.try(AGAIN)).status).toBe(1);
    expect(await host.status()).toContain(
      'failed: settings: SWAP_MIB is "much" in /etc/django-deployment/host.env, expected a whole number; correct it there; then type: ',
    );
  });
});

describe("another machine with the same disk, which has grown", () => {
  let before: { readonly rows: number; readonly files: string };

  beforeAll(async () => {
    before = { rows: await rowsAgain(), files: await files() };
    await host.powerCut();
    await disk.grow(3072);
    host = await machines.machine("two", disk);
    await host.boot();
    await host.waitForStatus(/^ready$/, BOOT);
  }, 4 * MINUTE);

  it("has the service with its rows", async () => {
    expect(await rowsAgain()).toBe(before.rows + 1);
  });

  it("has the releases, byte for byte", async () => {
    expect(await files()).toBe(before.files);
  });

  it("grows the file system, or says that it may not", async () => {
    const size = Number(await host.exec("sh", "-c", "df -m --output=size /data | tail -n 1"));
    // The kernel lets only those grow it who have CAP_SYS_RESOURCE, which containers may be refused.
    const said = await host.log();
    expect(said.includes("/dev/nvme1n1 could not be grown")).toBe(size < 2700);
  });
});
