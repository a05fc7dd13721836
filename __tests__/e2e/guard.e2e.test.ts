import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { errorsOf } from "./support/run";

const VOLUME = "constructs/docker/named-volume.ts";

let clone: Clone;
let volumes: string[] = [];

beforeAll(async () => {
  clone = await Clone.create("guard");
  await clone.mustMake("up");
  expect((await clone.sign("kept")).status).toBe(201);
  volumes = await clone.docker.volumes(clone.name);
}, 6 * MINUTE);

/** Every volume is there, and what is in them. */
async function expectDataThere(): Promise<void> {
  expect(await clone.docker.volumes(clone.name)).toEqual(volumes);
  expect(await clone.entries("kept")).toEqual(["kept"]);
}

/** Changes a line of the code that makes volumes, has `make up` refuse it, and takes the change back. */
async function expectRefusal(before: string, after: string, error: RegExp): Promise<void> {
  const code = clone.read(VOLUME);
  expect(code).toContain(before);
  clone.write(VOLUME, code.replace(before, after));
  const outcome = await clone.make("up");
  clone.write(VOLUME, code);
  expect(outcome.status).not.toBe(0);
  expect(outcome.stderr).toMatch(error);
  await expectDataThere();
}

describe("a plan that would lose data is refused by name and reason", () => {
  it("when a volume's id was renamed, which prevent_destroy does not see", () =>
    expectRefusal(
      "overrideLogicalId(volume.role)",
      'overrideLogicalId(volume.role === "dbdata" ? "database" : volume.role)',
      /^✗ e2e-guard-dbdata is .*the database.*delete.*: .*renamed or removed/m,
    ));

  it("when a volume's driver was changed", async () => {
    await expectRefusal(
      "name: volume.name,",
      'name: volume.name, driverOpts: volume.role === "media" ? { type: "tmpfs", device: "tmpfs" } : undefined,',
      /^✗ e2e-guard-media is .*uploaded files.*replace.*: driver_opts can't be changed in place/m,
    );
  });

  it("when every volume got another name, each one by its own", async () => {
    const code = clone.read(VOLUME);
    clone.write(VOLUME, code.replace("name: volume.name,", "name: `${volume.name}-new`,"));
    const outcome = await clone.make("up");
    clone.write(VOLUME, code);
    expect(
      errorsOf(outcome)
        .map((line) => /^✗ (\S+)/.exec(line)?.[1])
        .sort(),
    ).toEqual(volumes.filter((name) => name !== "e2e-guard-nginx"));
    await expectDataThere();
  });

  it("and once the change is taken back, make up has nothing to do", async () => {
    const { output } = await clone.mustMake("up");
    expect(output.match(/^✓ .*: no changes$/gm)).toHaveLength(3);
  });
});

it(
  "a data volume that somebody has deleted by hand is refused by name; an empty one comes only when asked for",
  async () => {
    const media = `${clone.name}-media`;
    await clone.mustMake("down");
    // It keeps every volume with data in use, also while the deployment is down.
    await clone.docker.run(["rm", "-f", `${clone.name}-holder`]);
    await clone.docker.run(["volume", "rm", media]);
    const outcome = await clone.make("up");
    expect(outcome.status).not.toBe(0);
    expect(errorsOf(outcome)).toEqual([
      expect.stringMatching(/^✗ e2e-guard-media is .*uploaded files.*gone from the Docker engine/),
    ]);
    expect(outcome.stderr).toContain(`make up ARGS="--destroy-volume ${media}"`);
    expect(await clone.docker.volumes(clone.name)).not.toContain(media);
    expect(await clone.containers()).toEqual([]);

    await clone.mustMake("up", { args: `--destroy-volume ${media}` });
    await expectDataThere();
  },
  6 * MINUTE,
);

describe("other ways to lose data", () => {
  /** Terraform and cdktf as a user runs them, with what this machine needs. */
  const shell = async (command: string): ReturnType<Clone["shell"]> =>
    clone.shell(`eval "$(tools/environment)" && ${command}`, { env: { CI: "1", CHECKPOINT_DISABLE: "1" } });

  it(
    "cdktf destroy of the data's stack is refused",
    async () => {
      const { status, output } = await shell(
        "npx cdktf destroy local-data --ignore-missing-stack-dependencies --auto-approve --skip-provider-lock",
      );
      expect(status).not.toBe(0);
      // cdktf may end before it has shown all that Terraform said.
      expect(output).toMatch(/prevent_destroy|cannot be destroyed|Invoking Terraform CLI failed/);
      await expectDataThere();
    },
    3 * MINUTE,
  );

  it("terraform destroy of the data's stack is refused", async () => {
    const { status, output } = await shell(
      '(cd cdktf.out/stacks/local-data && "${TERRAFORM_BINARY_NAME:-terraform}" init -no-color >/dev/null && "${TERRAFORM_BINARY_NAME:-terraform}" destroy -auto-approve -no-color)',
    );
    expect(status).not.toBe(0);
    expect(output).toContain("Instance cannot be destroyed");
    await expectDataThere();
  });

  it.each([
    ["with another name", 'make destroy-data ARGS="--name guestbook"', /guestbook/],
    ["without a terminal", "make destroy-data", /without a terminal[^]*ARGS="--name e2e-guard"/],
    [
      "of one volume without a terminal",
      'make up ARGS="--destroy-volume e2e-guard-media"',
      /without a terminal[^]*make up ARGS="--destroy-volume e2e-guard-media --name e2e-guard"/,
    ],
    [
      "when another name is typed",
      'script --quiet --return --command "make destroy-data" /dev/null',
      /guestbook/,
    ],
  ])("make destroy-data %s does nothing", async (_how, command, says) => {
    const { status, output } = await clone.shell(command, {
      input: command.startsWith("script") ? "guestbook\n" : "",
    });
    expect(status).not.toBe(0);
    expect(output).toMatch(says);
    await expectDataThere();
  });
});

it(
  "switching the profile and back keeps every volume and row",
  async () => {
    clone.configure({ local: { profile: "development" } });
    await clone.mustMake("up");
    await expectDataThere();
    clone.configure();
    await clone.mustMake("up");
    await expectDataThere();
    expect((await clone.ask("/")).status).toBe(200);
  },
  4 * MINUTE,
);

it(
  "make destroy-data with the right name deletes all of it, and nothing else",
  async () => {
    const other = `${clone.name}-other`;
    await clone.docker.run(["volume", "create", "--label", `django-deployment.name=${other}`, other]);
    await clone.mustMake("destroy-data", { args: `--name ${clone.name}` });
    expect(await clone.docker.volumes(clone.name)).toEqual([]);
    expect(await clone.containers()).toEqual([]);
    expect(await clone.docker.volumes(other)).toEqual([other]);
    await clone.docker.wipe(other);
  },
  2 * MINUTE,
);
