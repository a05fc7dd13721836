import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applicationOf } from "../../application/model";
import { onHost } from "../../application/on-host";
import { DEFINITIONS } from "../../application/registry/definitions";
import { releaseSettings, releaseSettingsText } from "../../pipeline/release-settings";
import { beat, cache, tidy, warm, worker } from "../support/fakes";
import { ROOT, guestbookOnHost } from "../support/guestbook";

/** The name of the application that the engine in memory has. */
const NAME = "shop";

/** settings.json of an application whose registry has a cache, two processes, a task and a job more. */
function settingsText(): string {
  const local = guestbookOnHost("/srv");
  if (!local.host) throw new Error("the fixture has a host");
  const { budget } = local.host;
  const deployment = onHost(
    { ...local, name: NAME },
    { ...local.host, budget: { ...budget, shares: { ...budget.shares, cache: 64, worker: 96, tidy: 64 } } },
  );
  const application = applicationOf(deployment, [...DEFINITIONS, cache, worker, beat, warm, tidy]);
  return releaseSettingsText(releaseSettings({ deployment, application }));
}

it("what a registry adds is rendered, and the release program runs and judges it", () => {
  const folder = mkdtempSync(join(tmpdir(), "rendered-release-"));
  try {
    const file = join(folder, "settings.json");
    writeFileSync(file, settingsText());
    const tests = join(ROOT, "__tests__", "assets", "release_program");
    const { status, stderr } = spawnSync("python3", ["-B", "-W", "error", "-m", "unittest", "rendered"], {
      cwd: tests,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"] ?? "",
        PYTHONPATH: [join(ROOT, "assets", "deploy", "host"), tests].join(":"),
        RENDERED_SETTINGS: file,
      },
    });
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    expect(stderr).toMatch(/^Ran 5 tests in/m);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
