import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { errorsOf } from "./support/run";
import { expectNothingLost, underLoad } from "./support/under-load";

const ENV = "examples/guestbook/.env";
const NEW = `n$w"p'a\\s\`s %{x}`;

let clone: Clone;

beforeAll(async () => {
  clone = await Clone.create("passwords");
  clone.configure({ proxy: { rateLimit: 2000, connectionLimit: 2000 } });
  await clone.mustMake("up");
  expect((await clone.sign("before")).status).toBe(201);
}, 8 * MINUTE);

/** Whether a password opens the database as the application's user. */
async function opens(password: string): Promise<boolean> {
  const { Id } = await clone.container("database");
  const client = ["mariadb", "--no-defaults", "-udjango", "--execute=SELECT 1", "django"];
  const { status } = await clone.docker.try(["exec", "--env", "MYSQL_PWD", Id, ...client], {
    env: { MYSQL_PWD: password },
  });
  return status === 0;
}

async function stored(name: string): Promise<string> {
  const { Id } = await clone.container("web");
  return clone.docker.run(["exec", Id, "cat", `/run/secrets/${name}`]);
}

describe("a password of the database in .env (fault 25)", () => {
  it(
    "is set while the release before serves on, and no request fails",
    async () => {
      const old = await stored("database_password");
      const database = (await clone.container("database")).Id;
      clone.write(ENV, `DATABASE_PASSWORD='${NEW.replace(/[\\']/g, "\\$&")}'\n`);
      const result = await underLoad("a new password of the database", clone, async () => {
        const { output } = await clone.mustMake("up");
        expect(output).toContain("Passwords: database_password set; the one before is kept");
        expect(output).not.toContain(NEW);
      });
      expectNothingLost(result);
      expect(await stored("database_password")).toBe(NEW);
      expect([await opens(NEW), await opens(old)]).toEqual([true, false]);
      expect((await clone.container("database")).Id).toBe(database);
    },
    5 * MINUTE,
  );

  it(
    "is refused when root's password is unknown: nothing was changed, and the line removed all is as before",
    async () => {
      const root = await stored("database_password");
      const lost = async (value: string): Promise<void> => {
        const volume = `${clone.name}-secrets`;
        const script = `cat >/s/x && cat /s/x >/s/database_root_password && rm /s/x`;
        await clone.docker.run(
          [
            "run",
            "--rm",
            "-i",
            "--volume",
            `${volume}:/s`,
            "--entrypoint=sh",
            await pythonImage(),
            "-c",
            script,
          ],
          { input: value },
        );
      };
      const { Id } = await clone.container("database");
      const right = await clone.docker.run(["exec", Id, "cat", "/run/secrets/database_root_password"]);
      await lost("not root's");
      clone.write(ENV, "DATABASE_PASSWORD=another\n");
      const refused = await clone.make("up");
      expect(refused.status).not.toBe(0);
      expect(errorsOf(refused)).toEqual([
        expect.stringContaining("not the one that is stored: MariaDB refuses it"),
      ]);
      // The release before starts again with what opens the database.
      await clone.docker.run(["restart", (await clone.container("web")).Id]);
      await expectAnswer();
      clone.write(ENV, "OTHER=1\n");
      await clone.mustMake("up");
      expect(await stored("database_password")).toBe(root);
      await lost(right);
      expect(await clone.entries("before")).toEqual(["before"]);
    },
    6 * MINUTE,
  );
});

describe("passwords that are lost (fault 24)", () => {
  it(
    "without the volume of the secrets make up refuses and makes nothing; make repair-access gives access again",
    async () => {
      const { docker, name } = clone;
      const rows = await clone.sql("SELECT COUNT(*) FROM entries_entry;");
      const { output } = await clone.mustMake("down");
      expect(output).toContain(`The container ${name}-holder stays`);
      expect((await clone.mustMake("status")).output).toContain(`${name}: down`);
      await docker.run(["rm", "--force", `${name}-holder`]);
      await docker.run(["volume", "rm", `${name}-secrets`]);

      const refused = await clone.make("up");
      expect(refused.status).not.toBe(0);
      expect(errorsOf(refused)).toEqual([expect.stringContaining(`the volume ${name}-secrets is gone`)]);
      expect(refused.output).toContain("make repair-access");
      expect(await docker.volumes(name)).not.toContain(`${name}-secrets`);
      expect((await clone.containers()).map(({ State }) => State.Status)).toEqual([]);

      expect((await clone.make("repair-access", { args: "--name wrong" })).status).not.toBe(0);
      expect(await docker.volumes(name)).not.toContain(`${name}-secrets`);
      const repaired = await clone.mustMake("repair-access", { args: `--name ${name}` });
      expect(repaired.output).toContain("django_secret_key: made anew; everybody has to log in again");
      await clone.mustMake("repair-access", { args: `--name ${name}` });
      await clone.mustMake("up");
      expect(await clone.sql("SELECT COUNT(*) FROM entries_entry;")).toEqual(rows);
      expect((await clone.sign("after")).status).toBe(201);
    },
    10 * MINUTE,
  );

  it(
    "files that were deleted while the application runs come from its containers: it serves on",
    async () => {
      const { Id } = await clone.container("web");
      const before = await stored("database_password");
      const key = await stored("django_secret_key");
      await clone.docker.run([
        ...["run", "--rm", "--volume", `${clone.name}-secrets:/s`, "--entrypoint=sh", await pythonImage()],
        ...["-c", "rm /s/database* /s/django*"],
      ]);
      const repaired = await clone.mustMake("repair-access", { args: `--name ${clone.name}` });
      expect(repaired.output).toContain("database_password: as a running container has it");
      expect([await stored("database_password"), await stored("django_secret_key")]).toEqual([before, key]);
      expect((await clone.container("web")).Id).toBe(Id);
      await expectAnswer();
      expect((await clone.mustMake("up")).output).not.toContain("✗");
    },
    5 * MINUTE,
  );
});

/** The image that the holder has. */
async function pythonImage(): Promise<string> {
  return (await clone.container("holder")).Image;
}

async function expectAnswer(): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    const { status } = await clone.ask("/api/entries/").catch(() => ({ status: 0 }));
    if (status === 200) return;
    if (Date.now() > end) throw new Error(`the application answers with ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
