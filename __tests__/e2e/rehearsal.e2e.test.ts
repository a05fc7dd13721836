import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { FAULTS } from "../../rehearsal/faults/faults";
import type { RehearsalReport } from "../../rehearsal/report";
import { describeWithAwsProvider, pythonPrograms } from "../support/aws";
import { ROOT } from "../support/guestbook";
import { Clone } from "./support/clone";
import { LONG, MINUTE } from "./support/counts";
import { type Outcome, errorsOf, run } from "./support/run";

/** Where the image is built, and which faults are injected then. */
const REHEARSALS: readonly (readonly ["host" | "runner", readonly string[]])[] = LONG
  ? [
      ["host", Object.keys(FAULTS)],
      ["runner", ["broken-image", "two-pushes"]],
    ]
  : [["host", ["kill-migrate"]]];

const PLANTED = "planted-in-dot-env-5d1c";

let clone: Clone;

describeWithAwsProvider()("the rehearsal, from a clone", () => {
  beforeAll(async () => {
    clone = await Clone.create("rehearsal");
    for (const name of ["moto", "awscli"] as const) {
      pythonPrograms(name);
      symlinkSync(join(ROOT, ".deployment", name), join(clone.folder, ".deployment", name));
    }
    configure("host");
    clone.write("examples/guestbook/.env", `NASTY="${PLANTED} \\$ ' # = é"\n`);
  }, 3 * MINUTE);

  function configure(build: "host" | "runner"): void {
    clone.configure({ host: { region: "eu-central-1" }, github: { repository: "octocat/guestbook", build } });
  }

  function rehearse(args: string): Promise<Outcome> {
    return clone.make("rehearse", { args });
  }

  /** Nothing of it is on this machine any more, and nothing of the user's was touched. */
  async function expectNothingLeft(): Promise<void> {
    const containers = await clone.docker.run(["ps", "--all", "--format", "{{.Names}}"]);
    expect(containers).not.toContain("django-deployment-rehearsal");
    expect((await run("losetup", ["--list"])).stdout).not.toContain(clone.folder);
    const places = ["ssh", "state", "sealed.json", "rehearsal/repository", "rehearsal/cdktf.out"];
    expect(places.filter((name) => existsSync(join(clone.folder, ".deployment", name)))).toEqual([]);
    const found = await run("grep", ["-rl", PLANTED, join(clone.folder, ".deployment", "rehearsal")]);
    expect(found.stdout).toBe("");
  }

  it(
    "an unknown fault is one error that lists those that there are; nothing is begun",
    async () => {
      const outcome = await clone.make("rehearse", { args: "--fault nonsense" });
      expect(outcome.status).not.toBe(0);
      expect(errorsOf(outcome)).toEqual(['✗ FAULT is "nonsense", which the rehearsal doesn\'t know']);
      expect(outcome.stderr).toContain("two-pushes, database-stopped");
    },
    2 * MINUTE,
  );

  it(
    "a version of Python that can't be had is said before anything is made on AWS",
    async () => {
      clone.configure({ project: { folder: "examples/guestbook", python: "3.99" } });
      // A registry that has every version but this one.
      clone.write("tools/base-images", '#!/bin/sh\n[ $# = 0 ] || { echo "error: $*"; exit 1; }\n');
      const { output, status } = await clone.make("rehearse");
      await clone.shell("git checkout tools/base-images");
      expect(status).not.toBe(0);
      expect(output).toMatch(/✗ the base image is not to be had: python=3\.99[^]*failed at "Base images"/);
      expect(output).not.toContain("on AWS");
      await expectNothingLeft();
    },
    2 * MINUTE,
  );

  it.each(REHEARSALS)(
    "is green with the image built on the %s, and %j healed by the next push",
    async (build, faults) => {
      configure(build);
      const outcome = await rehearse(`--json --fault ${faults.join(",")}`);
      console.log(outcome.stderr);
      const report = JSON.parse(outcome.stdout) as RehearsalReport;
      expect(report.failure).toBeUndefined();
      expect(outcome.status).toBe(0);
      expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
      expect(report.faults.map(({ name }) => name)).toEqual(faults);
      for (const { name, seen } of report.faults) {
        expect(seen.sent).toBeGreaterThan(50);
        if (FAULTS[name]?.noticed === false)
          expect({ name, failed: seen.failed }).toEqual({ name, failed: 0 });
      }
      const titles = report.steps.map(({ title }) => title.trim());
      for (const step of [
        "Run the project's tests",
        "Open port 22 for this runner",
        "Upload",
        "Close port 22",
      ]) {
        expect(titles.filter((title) => title === step)).toHaveLength(2);
      }
      const log = readFileSync(
        join(clone.folder, ".deployment/rehearsal/.deployment/log/run-1001.log"),
        "utf8",
      );
      expect(log).toContain("the host is ready");
      await expectNothingLeft();
    },
    (LONG ? 60 : 14) * MINUTE,
  );

  it(
    "Ctrl-C while the machine boots: all of it is removed",
    async () => {
      const running = clone.startMake("rehearse");
      while (!running.output().includes("✓ Machine (")) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      process.kill(-running.pid, "SIGINT");
      const { output, status } = await running.done;
      expect(status).not.toBe(0);
      expect(output).toContain("stopped by hand");
      await expectNothingLeft();
    },
    6 * MINUTE,
  );
});
