import { randomBytes } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import type { Disk } from "../../rehearsal/host/disk";
import type { FakeHost } from "../../rehearsal/host/host";
import { LONG, MINUTE, POWER_CUTS } from "./support/counts";
import { Machines } from "./support/machines";
import { mustRun } from "./support/run";

/** Seconds until a machine is ready, on a busy computer. */
const BOOT = 150;
const AGAIN = "/var/lib/cloud/scripts/per-boot/prepare-host";
const MIB = 1024 * 1024;

let machines: Machines;
beforeAll(async () => {
  machines = await Machines.prepare();
}, 5 * MINUTE);

/** Writes bytes onto a disk, past everything that knows file systems. */
function scribble(disk: Disk, offset: number, bytes: number): void {
  const device = openSync(disk.device, "r+");
  writeSync(device, randomBytes(bytes), 0, bytes, offset);
  closeSync(device);
}

describe("a disk with somebody's data is refused, and not one byte of it changes:", () => {
  let disk: Disk;
  let host: FakeHost;

  beforeAll(async () => {
    disk = await machines.disk(512);
    scribble(disk, 0, MIB);
    host = await machines.machine("foreign", disk);
    await host.boot();
    await host.waitForStatus(/^failed: data volume: /, BOOT);
  }, 3 * MINUTE);

  const bytes = (offset: number, length: number) => (): Promise<void> => {
    scribble(disk, offset, length);
    return Promise.resolve();
  };
  const made = (command: string) => async (): Promise<void> => {
    await host.exec("sh", "-c", command);
  };
  it.each<[string, string, () => Promise<void>]>([
    ["bytes that nobody knows", "bytes without a signature", bytes(0, MIB)],
    ["bytes in the middle", "bytes without a signature", bytes(256 * MIB, 2 * MIB)],
    ["bytes at the very end", "bytes without a signature", bytes(512 * MIB - 1, 1)],
    ["xfs", "xfs", made("mkfs.xfs -q /dev/nvme1n1")],
    ["swap", "swap", made("mkswap /dev/nvme1n1")],
    ["a partition table", "PMBR gpt", made("echo label: gpt | sfdisk --quiet /dev/nvme1n1")],
  ])("%s", async (_, contents, write) => {
    await mustRun("blkdiscard", [disk.device]);
    await write();
    const before = await disk.digest();
    expect((await host.try(AGAIN)).status).toBe(1);
    expect(await host.status()).toBe(
      `failed: data volume: /dev/nvme1n1 (${disk.id}) is neither empty nor ext4: it holds ${contents}. Nothing was written to it. ` +
        "If that is wanted, attach the right volume; if it is not, format it: sudo mkfs.ext4 -F /dev/nvme1n1; " +
        `then type: sudo ${AGAIN} (more in /var/log/cloud-init-output.log)`,
    );
    expect(await disk.digest()).toBe(before);
  });

  it(
    "what the error says to type helps",
    async () => {
      const [, command = ""] = /: sudo (mkfs.*?); then type/.exec(await host.status()) ?? [];
      await host.exec(...command.split(" "));
      await host.exec(AGAIN);
      expect(await host.status()).toBe("ready");
      expect(await host.exec("docker", "info", "--format", "{{.DockerRootDir}}")).toBe("/data/docker\n");
    },
    3 * MINUTE,
  );

  it("a file system that is damaged is not formatted", async () => {
    await host.powerCut();
    // The table of the first groups' blocks, and its first copy.
    const uuid = await disk.uuid();
    scribble(disk, 4096, 4096);
    await host.boot();
    const status = await host.waitForStatus(/^failed/, BOOT);
    expect(status).toContain(
      `${disk.id}) is damaged. Make a snapshot of the volume, repair it: sudo e2fsck -f /dev/nvme1n1`,
    );
    expect(await disk.uuid()).toBe(uuid);
  });
});

/** Waits for a step of prepare-host, and a while longer; then cuts the power. */
async function cutAt(host: FakeHost, step: string, seconds: number): Promise<void> {
  const reached = `grep -Eqs '^(preparing: ${step}|ready|failed)' /run/django-deployment/status`;
  await host.exec("sh", "-c", `until ${reached}; do :; done; sleep ${seconds}`);
  await host.powerCut();
}

describe("a first boot that is cut off goes on with the next one:", () => {
  let disk: Disk | undefined;
  let host: FakeHost | undefined;

  it.each(POWER_CUTS)(
    "at the step '$step', after $seconds s",
    async ({ step, seconds }) => {
      // One machine bears all of a few cuts; each of many has a machine of its own.
      if (LONG) await host?.dispose();
      if (LONG || disk === undefined) disk = await machines.disk(1024);
      if (LONG || host === undefined) host = await machines.machine("cut", disk);
      await host.boot();
      await cutAt(host, step, seconds);
      if (!LONG) return;
      await host.boot();
      expect(await host.waitForStatus(/^ready$/, BOOT)).toBe("ready");
    },
    5 * MINUTE,
  );

  it(
    "it ends with a host that is ready",
    async () => {
      await host?.boot();
      expect(await host?.waitForStatus(/^ready$/, BOOT)).toBe("ready");
      expect(await host?.exec("docker", "node", "ls", "--format", "{{.Status}}")).toBe("Ready\n");
      expect(await host?.exec("dpkg", "--audit")).toBe("");
    },
    3 * MINUTE,
  );
});

describe("a machine whose network is late", () => {
  let host: FakeHost;

  it(
    "says that it waits, and is ready when the network is there",
    async () => {
      const disk = await machines.disk(1024);
      // As mkfs leaves a disk when it is cut off: neither empty nor a file system, and marked.
      scribble(disk, 0, MIB);
      host = await machines.machine("late", disk);
      await host.leave("/var/lib/django-deployment", `formatting-${disk.id}`);
      await host.plug("disconnect");
      await host.boot();
      await host.waitForStatus(/^preparing: ssh host key \(waiting: the instance's metadata /, BOOT);
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      await host.plug("connect");
      expect(await host.waitForStatus(/^ready$/, BOOT)).toBe("ready");
    },
    4 * MINUTE,
  );

  it("had a disk whose formatting was cut off, and formatted it anew", async () => {
    expect(await host.log()).toContain("/dev/nvme1n1: formatting was cut off, and begins anew");
    expect(await host.exec("ls", "/var/lib/django-deployment")).not.toContain("formatting");
  });

  it(
    "starts without any network once it has been ready, and guards its containers",
    async () => {
      await host.powerCut();
      await host.plug("disconnect");
      await host.boot();
      expect(await host.waitForStatus(/^ready$/, BOOT)).toBe("ready");
      expect(await host.exec("iptables", "-S", "DOCKER-USER")).toContain("-j DJANGO-DEPLOYMENT");
      expect(await host.exec("cat", "/etc/ssh/ssh_host_ed25519_key")).toBe(machines.hostKey.private);
    },
    3 * MINUTE,
  );
});
