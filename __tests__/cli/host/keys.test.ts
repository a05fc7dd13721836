import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keys } from "../../../cli/commands/pipeline/keys";
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

describe("a host that was made has keys", () => {
  const host = { region: "eu-central-1" } as const;
  const input = { project: { folder: "project" }, host };
  const pin = { name: "shop", account: "123456789012", region: host.region };

  beforeEach(async () => {
    await provideKeys(root, {});
    writeFileSync(join(root, "deployment.aws.json"), JSON.stringify(pin));
    jest.spyOn(process.stdout, "write").mockReturnValue(true);
  });
  afterEach(() => jest.restoreAllMocks());

  it("lost ones are not made anew without being asked for, and nothing else is made", async () => {
    const other = readFileSync(join(root, HOST), "utf8");
    rmSync(join(root, DEPLOY));
    rmSync(join(root, `${DEPLOY}.pub`));
    await expect(keys(input, root)).rejects.toThrow(
      /^✗ \.deployment\/ssh\/deploy_ed25519 is missing, and the host of shop was made .*[^]*--renew/,
    );
    expect(existsSync(join(root, DEPLOY))).toBe(false);

    await keys(input, root, { renew: true });
    expect(existsSync(join(root, DEPLOY))).toBe(true);
    expect(readFileSync(join(root, HOST), "utf8")).toBe(other);
  });

  it("a public half alone is made from the private one; keys of the user's own are not asked for", async () => {
    rmSync(join(root, `${DEPLOY}.pub`));
    await keys(input, root);
    expect(existsSync(join(root, `${DEPLOY}.pub`))).toBe(true);

    const own = ["mine", "machine"].map((file) => join(root, file));
    for (const file of own) writeFileSync(file, readFileSync(join(root, DEPLOY)), { mode: 0o600 });
    rmSync(join(root, ".deployment"), { recursive: true });
    await keys({ ...input, host: { ...host, sshKeys: { deploy: "mine", host: "machine" } } }, root);
    expect(existsSync(join(root, ".deployment"))).toBe(false);
  });
});
