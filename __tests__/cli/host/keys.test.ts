import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { provideKeys, publicHalf } from "../../../cli/host/keys";
import { readKeys } from "../../../config/files/ssh-keys";
import { temporaryFolder } from "../../support/synthesis";

/** The real program; execa, an ES module, can't be loaded here. */
jest.mock("../../../cli/computer/process", () => ({
  run: (command: string, args: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", input: "" });
    return Promise.resolve({ status: status ?? -1, stdout, stderr, missing: false });
  },
}));

const DEPLOY = ".deployment/ssh/deploy_ed25519";
const HOST = ".deployment/ssh/host_ed25519";

let root: string;
beforeEach(() => {
  root = temporaryFolder();
});

const modeOf = (file: string): number => statSync(join(root, file)).mode & 0o777;

it("makes both pairs once, closed to others, without a comment that names anybody", async () => {
  expect(await provideKeys(root, {})).toEqual([
    { file: DEPLOY, made: true },
    { file: HOST, made: true },
  ]);
  expect([modeOf(DEPLOY), modeOf(HOST), modeOf(".deployment/ssh")]).toEqual([0o600, 0o600, 0o700]);
  const made = readFileSync(join(root, DEPLOY), "utf8");
  expect(readKeys(root).problems).toEqual([]);
  expect(readFileSync(join(root, `${HOST}.pub`), "utf8").trim()).toMatch(/^ssh-ed25519 \S+$/);

  expect(await provideKeys(root, {})).toEqual([
    { file: DEPLOY, made: false },
    { file: HOST, made: false },
  ]);
  expect(readFileSync(join(root, DEPLOY), "utf8")).toBe(made);
});

it("carries on where it was cut off: a half is made from the other, a mode is set right", async () => {
  await provideKeys(root, {});
  const { keys } = readKeys(root);
  rmSync(join(root, `${DEPLOY}.pub`));
  chmodSync(join(root, HOST), 0o644);
  writeFileSync(join(root, `${HOST}.part`), "half a key");
  await provideKeys(root, {});
  expect(readKeys(root).keys.deploy).toEqual(keys.deploy);
  expect(modeOf(HOST)).toBe(0o600);
});

it("takes keys of the user's own as they are, and makes only what they didn't bring", async () => {
  await provideKeys(root, {});
  const own = join(root, "mine");
  writeFileSync(own, readFileSync(join(root, DEPLOY)), { mode: 0o600 });
  rmSync(join(root, ".deployment"), { recursive: true });
  expect(await provideKeys(root, { deploy: "mine" })).toEqual([
    { file: "mine", made: false },
    { file: HOST, made: true },
  ]);
  expect(existsSync(join(root, DEPLOY))).toBe(false);
  expect(readFileSync(`${own}.pub`, "utf8")).toBe(await publicHalf(own));
});

it("refuses a key of the user's own that is missing or that others can read, and makes nothing then", async () => {
  writeFileSync(join(root, "open"), "x", { mode: 0o644 });
  chmodSync(join(root, "open"), 0o644);
  await expect(provideKeys(root, { deploy: "nowhere", host: "open" })).rejects.toThrow(
    /host\.sshKeys\.deploy is missing[^]*host\.sshKeys\.host is [^]*chmod 600/,
  );
  expect(existsSync(join(root, ".deployment"))).toBe(false);
});

it("says so when a key can't be read without asking", async () => {
  writeFileSync(join(root, "mine"), "no key at all\n", { mode: 0o600 });
  await expect(provideKeys(root, { deploy: "mine" })).rejects.toThrow(/without a passphrase/);
});
