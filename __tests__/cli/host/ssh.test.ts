import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { HostShell, SSH_CONFIG, writeSshConfig } from "../../../cli/host/ssh";
import { SshAccess } from "../../../config/host";
import { guestbookOnHost } from "../../support/guestbook";
import { temporaryFolder } from "../../support/synthesis";

const asked: string[][] = [];
const answers: { status: number; stderr: string }[] = [];
const ended: number[] = [];

jest.mock("../../../cli/computer/process", () => ({
  run: (_command: string, args: string[]) => {
    asked.push(args);
    return Promise.resolve({ stdout: "", missing: false, ...(answers.shift() ?? { status: 0, stderr: "" }) });
  },
  interact: (_command: string, args: string[]) => {
    asked.push(args);
    return Promise.resolve(ended.shift() ?? 0);
  },
}));

afterEach(() => {
  for (const list of [asked, answers, ended]) list.length = 0;
});

/** A folder with a machine that `make host` has made. */
function folder(ssh = SshAccess.NOBODY): { root: string; shell: HostShell } {
  const root = temporaryFolder();
  const { host } = guestbookOnHost(root, { ssh });
  if (!host) throw new Error("the fixture has a host");
  mkdirSync(join(root, ".deployment", "ssh"), { recursive: true });
  writeSshConfig(root, "192.0.2.1", host);
  return { root, shell: new HostShell(root, host) };
}

it("ssh trusts the machine's own key, offers ours, and asks nobody", () => {
  const { root, shell } = folder();
  const text = readFileSync(join(root, SSH_CONFIG), "utf8");
  expect(text).toContain("Host host\n  HostName 192.0.2.1\n  User ubuntu\n");
  expect(text).toContain(`  IdentityFile "${join(root, ".deployment/ssh/deploy_ed25519")}"\n`);
  expect(text).toContain("  StrictHostKeyChecking yes\n  BatchMode yes\n");
  expect(readFileSync(join(root, ".deployment/ssh/known_hosts"), "utf8")).toMatch(
    /^192\.0\.2\.1 ssh-ed25519 /,
  );
  expect(statSync(join(root, SSH_CONFIG)).mode & 0o777).toBe(0o600);
  expect(shell.address).toBe("192.0.2.1");
});

it("before make host there is no machine to talk to", () => {
  const root = temporaryFolder();
  const { host } = guestbookOnHost(root);
  if (!host) throw new Error("the fixture has a host");
  expect(() => new HostShell(root, host)).toThrow("type make host first");
});

it("the machine's shell reads each word as it was, and its status is ours", async () => {
  const { shell } = folder();
  ended.push(3);
  expect(await shell.release("manage", "shell", "-c", "print('a b')")).toBe(3);
  expect(asked.map((args) => args.at(-1))).toEqual([
    "/usr/local/lib/django-deployment/door has-release",
    `'/usr/local/lib/django-deployment/door' 'manage' 'shell' '-c' 'print('\\''a b'\\'')'`,
  ]);
});

it("a host that was made without a door is told as before", async () => {
  const { shell } = folder();
  answers.push({ status: 127, stderr: "bash: /usr/local/lib/django-deployment/door: No such file\n" });
  expect(await shell.release("status")).toBe(0);
  expect(asked.map((args) => args.at(-1))).toEqual([
    "/usr/local/lib/django-deployment/door has-release",
    "test -e /home/ubuntu/srv/ubuntu/current",
    `'/home/ubuntu/srv/ubuntu/current/deploy/host/release' 'status'`,
  ]);
});

it.each([
  [SshAccess.NOBODY, "its firewall lets nobody in: write your network into host.ssh"],
  [SshAccess.fromNetworks(["192.0.2.0/24"]), "see that you are in 192.0.2.0/24 and that the machine runs"],
])("a machine that does not answer is one error that says what to do (%#)", async (ssh, advice) => {
  const { shell } = folder(ssh);
  answers.push({ status: 255, stderr: "ssh: connect to host 192.0.2.1 port 22: Connection timed out\n" });
  const failed = shell.release("status");
  await expect(failed).rejects.toThrow("Connection timed out");
  await expect(failed).rejects.toThrow(advice);
});

it.each([
  ["with a door", [3]],
  ["without one", [127, 1]],
])("a machine without a release says so (%s)", async (_name, statuses) => {
  const { shell } = folder();
  answers.push(...statuses.map((status) => ({ status, stderr: "" })));
  await expect(shell.release("status")).rejects.toThrow("type make release");
});
