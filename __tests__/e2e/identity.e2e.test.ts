import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { errorsOf } from "./support/run";

let first: Clone;
let second: Clone;

beforeAll(async () => {
  first = await Clone.create("identity");
  await first.mustMake("up");
  expect((await first.sign("kept")).status).toBe(201);
  second = await Clone.create("identity", { like: first, withId: false });
}, 6 * MINUTE);

interface Picture {
  readonly containers: readonly string[];
  readonly volumes: readonly string[];
  readonly entries: readonly string[];
}

/** What of the first deployment must not change. */
async function picture(): Promise<Picture> {
  return {
    containers: (await first.containers()).map(({ Id, State }) => `${Id} ${State.StartedAt}`).sort(),
    volumes: await first.docker.volumes(first.name),
    entries: await first.entries("kept"),
  };
}

/** Runs a command in the second folder, which must be refused, with the first one untouched. */
async function expectRefusal(target: string, args?: string): Promise<string> {
  const before = await picture();
  const outcome = await second.make(target, { args });
  expect(outcome.status).not.toBe(0);
  expect(await picture()).toEqual(before);
  expect((await first.ask("/api/entries/")).status).toBe(200);
  return outcome.output;
}

describe("the first start", () => {
  it("writes deployment.id, says that it is to be committed, and marks every volume with it", async () => {
    const id = readFileSync(join(first.folder, "deployment.id"), "utf8").trim().split("\n").at(-1) ?? "";
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    for (const name of await first.docker.volumes(first.name)) {
      const format = '{{index .Labels "django-deployment.id"}}';
      expect([
        name,
        (await first.docker.run(["volume", "inspect", "--format", format, name])).trim(),
      ]).toEqual([name, id]);
    }
    const { Id } = await first.container("database");
    const read = ["exec", Id, "cat", "/run/secrets/deployment_id", "/run/secrets/deployment.json"];
    const [kept, record = ""] = (await first.docker.run(read)).split("\n");
    expect(kept).toBe(id);
    expect(JSON.parse(record)).toMatchObject({ folder: first.folder, database: { name: "django" } });
  });

  it("leaves states, plans and logs for their owner alone, also those that were there", async () => {
    const state = join(first.folder, ".deployment", "state");
    chmodSync(join(state, "local-data.tfstate"), 0o644);
    await first.mustMake("up");
    const { stdout } = await first.shell(
      "find .deployment/state .deployment/terraform .deployment/log -maxdepth 1 -type f -perm /077; find .deployment/terraform -maxdepth 2 -name plan -perm /077",
    );
    expect(stdout).toBe("");
    expect(statSync(state).mode & 0o777).toBe(0o700);
  });
});

describe("another project of the same name, in another folder", () => {
  it(
    "is refused with both folders named, and the ways out, none of which destroys",
    async () => {
      const said = await expectRefusal("up");
      expect(said).toContain(`taken on this engine by the deployment of ${first.folder}`);
      expect(said).toContain(second.folder);
      expect(said).toContain('name: "e2e-identity-2"');
      expect(said).toContain(`cp ${first.folder}/deployment.id ${second.folder}/`);
      expect(said).not.toContain("destroy");
      expect(existsSync(join(second.folder, "deployment.id"))).toBe(false);
    },
    2 * MINUTE,
  );

  it.each([
    ["down", undefined],
    ["destroy-data", "--name e2e-identity"],
    ["up", "--adopt e2e-identity"],
    ["up", "--destroy-volume e2e-identity-media --name e2e-identity"],
  ])(
    "is refused for make %s %s",
    async (target, args) => {
      expect(await expectRefusal(target, args)).toContain(first.folder);
    },
    2 * MINUTE,
  );

  it("may look, and is told whose it is", async () => {
    const { output } = await second.mustMake("status");
    expect(output).toContain(`note: e2e-identity is another deployment's: ${first.folder}`);
    expect((await second.mustMake("logs", { args: "database --no-follow" })).output).toContain(first.folder);
  });

  it(
    "with an id of its own is refused as well",
    async () => {
      second.write("deployment.id", `${"0".repeat(32)}\n`);
      expect(await expectRefusal("up")).toContain(first.folder);
      second.remove("deployment.id");
    },
    2 * MINUTE,
  );
});

describe("a deployment that is described otherwise than its data are", () => {
  /** `make up` is refused with one error, and the deployment goes on as it was. */
  async function expectOne(change: Parameters<Clone["configure"]>[0], error: RegExp): Promise<void> {
    const before = await picture();
    first.configure(change);
    const outcome = await first.make("up");
    first.configure();
    expect(outcome.status).not.toBe(0);
    expect(errorsOf(outcome)).toEqual([expect.stringMatching(error)]);
    expect(outcome.output).not.toContain("destroy");
    expect(await picture()).toEqual(before);
  }

  it.each([
    ["name", { name: "e2e-identity-new" }, /^✗ name is "e2e-identity-new", and .*"e2e-identity"/],
    ["database.name", { database: { name: "shop" } }, /^✗ database\.name is "shop", and .*"django"/],
    ["database.user", { database: { user: "shop" } }, /^✗ database\.user is "shop", and .*"django"/],
    ["database.version", { database: { version: "10.11" } }, /^✗ database\.version is "10\.11", and .*11\.8/],
  ])("is refused by name: %s", (_what, change, error) => expectOne(change, error), 2 * MINUTE);
});

describe("an image that somebody has built on a release's", () => {
  it(
    "and its containers stay: their labels are inherited",
    async () => {
      const [release] = await first.containers("web");
      const tag = "e2e-identity-tool:latest";
      await first.docker.run(["build", "--tag", tag, "-"], {
        input: `FROM ${release?.Image ?? ""}\nRUN true\n`,
      });
      const made = ["run", "--detach", "--entrypoint", "sleep", tag, "600"];
      const id = (await first.docker.run(made)).trim();
      try {
        await first.mustMake("up");
        await first.mustMake("down");
        await first.mustMake("up");
        const format = "{{.State.Status}}";
        expect((await first.docker.run(["inspect", "--format", format, id])).trim()).toBe("running");
        expect((await first.docker.try(["image", "inspect", tag])).status).toBe(0);
      } finally {
        await first.docker.try(["rm", "-f", id]);
        await first.docker.try(["image", "rm", tag]);
      }
    },
    6 * MINUTE,
  );
});

describe("a second clone of the same deployment, which has its id", () => {
  it(
    "brings down what runs, though its state knows network and database alone, and nginx is on that network",
    async () => {
      const clone = await Clone.create("identity", { like: first });
      const state = ".deployment/state/local-database.tfstate";
      clone.write(state, first.read(state));
      const { output } = await clone.mustMake("down");
      expect(output).toContain("e2e-identity is down. Its data stays in the volumes");
      const left = (await first.containers()).map(({ Config }) => Config.Labels["django-deployment.role"]);
      expect(left).toEqual(["holder"]);
      await first.mustMake("up");
      expect(await first.entries("kept")).toEqual(["kept"]);
    },
    6 * MINUTE,
  );

  it(
    "destroys the data after it has shown what they are, and leaves nothing",
    async () => {
      const clone = await Clone.create("identity", { like: first });
      const { output } = await clone.mustMake("destroy-data", { args: `--name ${first.name}` });
      expect(output).toContain(clone.folder);
      expect(output).toMatch(/database +django: \d+ tables, \d+ rows, .*last written 20\d\d-/);
      expect(output).toMatch(/uploads +0 files/);
      expect(output).toContain("Nothing of e2e-identity is left on the engine.");
      expect(await first.docker.volumes(first.name)).toEqual([]);
      expect(await first.containers()).toEqual([]);
    },
    3 * MINUTE,
  );
});
