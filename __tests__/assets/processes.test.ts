import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/guestbook";
import { temporaryFolder } from "../support/synthesis";

const BIN = join(ROOT, "assets", "image", "bin");

describe("stayed-up", () => {
  /** What the check says of a container that began so many seconds after the machine's boot. */
  function check(began: number, now: number, seconds: number, name = "docker-init"): [number | null, string] {
    const proc = temporaryFolder();
    mkdirSync(join(proc, "1"));
    writeFileSync(join(proc, "uptime"), `${now.toFixed(2)} 123.45\n`);
    const between = Array.from({ length: 18 }, (_, index) => index).join(" ");
    writeFileSync(join(proc, "1", "stat"), `1 (${name}) S ${between} ${began * 100} 4096 12\n`);
    const { status, stdout, stderr } = spawnSync("sh", [join(BIN, "stayed-up"), String(seconds), proc], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    return [status, stdout.trim()];
  }

  it("is good from the last second of the soak on", () => {
    expect(check(1000, 1004.99, 5)).toEqual([1, "up for 4 of 5 s"]);
    expect(check(1000, 1005, 5)).toEqual([0, "up for 5 s"]);
    expect(check(1000, 90_000_000, 5)).toEqual([0, "up for 89999000 s"]);
  });

  it("reads the start whatever the first process is called", () =>
    expect(check(1000, 1007, 5, "a) S 1 (b")).toEqual([0, "up for 7 s"]));

  it("reads the kernel's own words", () => {
    const { status, stdout } = spawnSync("sh", [join(BIN, "stayed-up"), "0"], { encoding: "utf8" });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^up for \d+ s\n$/)]);
  });
});

describe("develop-process", () => {
  /** Runs a command behind it, in a project whose migrations are done after so many looks. */
  function develop(looks: number, { managePy = true, limit = "3" } = {}) {
    const folder = temporaryFolder();
    if (managePy) writeFileSync(join(folder, "manage.py"), "");
    const python = join(folder, "python3");
    writeFileSync(
      python,
      [
        "#!/bin/sh",
        `echo "$*" >>"${folder}/asked"`,
        `[ "$(wc -l <"${folder}/asked")" -gt ${looks} ]`,
        "",
      ].join("\n"),
    );
    // No test waits.
    const sleep = join(folder, "sleep");
    writeFileSync(sleep, "#!/bin/sh\n");
    for (const program of [python, sleep]) chmodSync(program, 0o755);
    const command = ["sh", "-c", `cat asked; printf '%s|' "$@" "$PYTHONDONTWRITEBYTECODE"`, "x", "a b", ""];
    return spawnSync("sh", [join(BIN, "develop-process"), ...command], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, DEVELOP_LOOKS: limit },
    });
  }

  it("becomes the command, word for word, when the schema is up to date", () =>
    expect(develop(0)).toMatchObject({
      status: 0,
      stdout: "manage.py migrate --check\na b||1|",
      stderr: "",
    }));

  it("asks Django itself where the project has no manage.py", () =>
    expect(develop(0, { managePy: false }).stdout).toBe("-m django migrate --check\na b||1|"));

  it("looks again until web has migrated", () =>
    expect(develop(1).stdout.match(/migrate --check/g)).toHaveLength(2));

  it("ends when that never happens, and says where to look", () =>
    expect(develop(9, { limit: "1" })).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("web makes them as it starts: its log says why not") as string,
    }));
});
