import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeProjects } from "../../support/project";
import { Runner, type ScriptOutcome } from "../../support/runner";

afterEach(removeProjects);

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const RELEASE = "20261127T100000Z-0123456";

/** A host whose release that serves has this program, and this commit in its record. */
function hostWith(
  program: string,
  commit = COMMIT,
): { run: (...words: string[]) => ScriptOutcome; asked: () => string } {
  const runner = new Runner();
  runner.write("ssh/config", "");
  // Whatever is asked of the host is done here.
  runner.replace("ssh", '#!/usr/bin/env bash\nshift 3\nexec bash -c "$*"\n');
  const folder = join(runner.temporary, "srv");
  const host = join(folder, "releases", RELEASE, "deploy/host");
  mkdirSync(host, { recursive: true });
  mkdirSync(join(folder, "receipts"));
  writeFileSync(join(host, "release"), `#!/usr/bin/env bash\n${program}\n`);
  chmodSync(join(host, "release"), 0o755);
  symlinkSync(`releases/${RELEASE}`, join(folder, "current"));
  const record = { release: RELEASE, commit, by: "ada" };
  writeFileSync(join(folder, `receipts/${RELEASE}.json`), JSON.stringify(record, undefined, 2));
  const variables = join(runner.temporary, "variables");
  writeFileSync(variables, "");
  return {
    run: (...words) =>
      runner.run("refresh", words, {
        HOST_FOLDER: folder,
        HOST_LIBRARY: join(runner.temporary, "no-door"),
        HOST: "192.0.2.1",
        GITHUB_ACTOR: "ada",
        GITHUB_ENV: variables,
      }),
    asked: () =>
      [join(runner.temporary, "asked"), variables]
        .map((file) => (existsSync(file) ? readFileSync(file, "utf8") : ""))
        .join(""),
  };
}

const REFRESHES = `[ "$2" = --help ] || echo "$*" >>"$(dirname "$0")/../../../../../asked"`;

test("has the release that serves refresh itself, and names what serves then for the page of the run", () => {
  const { run, asked } = hostWith(REFRESHES);
  expect(run()).toMatchObject({ status: 0 });
  expect(asked()).toBe(`refresh --address 192.0.2.1 --by ada --wait 900\nRELEASE_ID=${RELEASE}\n`);
});

test("--which names the commit that serves, and changes nothing", () => {
  const { run, asked } = hostWith(REFRESHES);
  expect(run("--which")).toMatchObject({ status: 0, stdout: `SERVES=${COMMIT}\n` });
  expect(asked()).toBe("");
});

test.each(["", "local", "a; id"])("--which refuses a release of the commit %j", (commit) => {
  const { status, stderr, stdout } = hostWith(REFRESHES, commit).run("--which");
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("was not made of a commit");
});

test("says what to do when the program of the release that serves knows no refresh", () => {
  const { status, stderr } = hostWith("exit 2").run();
  expect(status).toBe(1);
  expect(stderr).toContain("was made before there were refreshes; release once, then refresh");
});

test("fails with the refresh", () => {
  const { status, stderr } = hostWith('[ "$2" = --help ]').run();
  expect(status).toBe(1);
  expect(stderr).toContain("the refresh failed; the lines above say why");
});
