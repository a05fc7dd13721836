import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { CHECKOUT } from "../../../pipeline/workflow/actions";
import { deployWorkflow } from "../../../pipeline/workflow/deploy-workflow";
import { workflowText } from "../../../pipeline/workflow/workflow-file";
import { WORKFLOW } from "../../support/pipeline";
import { repetitions } from "../../support/repetitions";
import { temporaryFolder } from "../../support/synthesis";
import { SHAPES } from "../../support/workflows";

/** The file as GitHub reads it. */
interface WorkflowYaml {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly concurrency: unknown;
  readonly jobs: { readonly release: JobYaml; readonly refresh?: JobYaml };
}
interface JobYaml {
  readonly if?: string;
  readonly permissions: unknown;
  readonly environment: string;
  readonly "runs-on": string;
  readonly "timeout-minutes": number;
  readonly steps: readonly StepYaml[];
}
interface StepYaml {
  readonly name: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

const read = (props = WORKFLOW): WorkflowYaml => parse(workflowText(deployWorkflow(props))) as WorkflowYaml;
const stepsOf = (props = WORKFLOW): readonly StepYaml[] => read(props).jobs.release.steps;

test.each(Object.entries(SHAPES))("%s", (_name, props) => {
  expect(workflowText(deployWorkflow(props))).toMatchSnapshot();
});

describe.each(Object.entries(SHAPES))("%s", (_name, props) => {
  const opens = props.access === "runner";

  test("runs one after the other, and none is cancelled, also while it waits", () => {
    expect(read(props).on).toEqual({
      push: { branches: ["main"] },
      workflow_dispatch: null,
      ...(props.build === "host" && { schedule: [{ cron: "23 3 * * 1" }] }),
    });
    expect(read(props).concurrency).toEqual({
      group: "deploy-production",
      queue: "max",
      "cancel-in-progress": false,
    });
  });

  test("has the rights that it needs, and no other", () => {
    expect(read(props).permissions).toEqual({});
    expect(read(props).jobs.release.permissions).toEqual({
      contents: "read",
      ...(opens && { "id-token": "write" }),
    });
  });

  test("uses one action, at one commit, and leaves it no token", () => {
    const actions = stepsOf(props).filter(({ uses }) => uses !== undefined);
    expect(actions).toEqual([
      {
        name: "Check out",
        uses: `actions/checkout@${CHECKOUT.commit}`,
        with: { "persist-credentials": false },
      },
    ]);
    expect(CHECKOUT.commit).toMatch(/^[0-9a-f]{40}$/);
  });

  test("gives a secret to a step by the environment only", () => {
    for (const { run = "", ...step } of stepsOf(props)) {
      expect(run).not.toContain("${{");
      for (const value of Object.values(step.env ?? {}))
        expect(value).toMatch(/^\$\{\{ (secrets|vars)\.[A-Z_]+ \}\}$/);
    }
  });

  test("calls scripts that are there", () => {
    const scripts = stepsOf(props).flatMap(
      ({ run = "" }) => /deploy\/(runner\/[a-z-]+)/.exec(run)?.[1] ?? [],
    );
    expect(scripts.length).toBeGreaterThan(5);
    for (const script of scripts)
      expect(existsSync(join(__dirname, "../../../assets/deploy", script))).toBe(true);
  });
});

test("the firewall is closed, and the summary written, however the run ends", () => {
  const always = stepsOf().filter((step) => step.if !== undefined);
  expect(always.map((step) => [step.name, step.if])).toEqual([
    ["Summary", "always()"],
    ["Close port 22", "always()"],
  ]);
  expect(stepsOf().at(-1)?.name).toBe("Close port 22");
});

test("tests come before everything that touches the host", () => {
  const names = stepsOf().map(({ name }) => name);
  expect(names.indexOf("Run the project's tests")).toBeLessThan(names.indexOf("Write .env"));
});

test("an image is built on a runner of the host's own kind", () => {
  const runner = (build: "host" | "runner"): string => read({ ...WORKFLOW, build }).jobs.release["runs-on"];
  expect([runner("host"), runner("runner")]).toEqual(["ubuntu-24.04", "ubuntu-24.04-arm"]);
});

describe("the step that writes .env", () => {
  const line = stepsOf().find(({ name }) => name === "Write .env")?.run ?? "";
  const env = (value: string): string => {
    const temporary = temporaryFolder();
    // As GitHub runs it: bash --noprofile --norc -eo pipefail.
    execFileSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", line], {
      env: { PATH: process.env["PATH"], RUNNER_TEMP: temporary, ENV_VARS: value },
    });
    return join(temporary, "release", ".env");
  };

  test("writes ENV_VARS byte for byte, for nobody else to read", () => {
    const piece = fc.constantFrom(
      "$",
      '"',
      "'",
      "\\",
      "#",
      "=",
      "`",
      "\n",
      "\r\n",
      " ",
      "\t",
      "%s",
      "\\n",
      "$(id)",
      "`id`",
      "${HOME}",
      "!",
      "é",
      "😀",
      "-n",
      "A=1",
      "\u2028",
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 20 }), (pieces) => {
        const file = env(pieces.join(""));
        expect(readFileSync(file, "utf8")).toBe(pieces.join(""));
        expect(statSync(file).mode & 0o777).toBe(0o600);
      }),
      { numRuns: repetitions(process.env["LONG"] === "1" ? 1000 : 50) },
    );
  });

  test("writes none when there is no ENV_VARS", () => expect(existsSync(env(""))).toBe(false));
});

test("the step that names a release sorts by time and tells the commit", () => {
  const line = stepsOf().find(({ name }) => name === "Name the release")?.run ?? "";
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "env");
  execFileSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", line], {
    env: { PATH: process.env["PATH"], GITHUB_ENV: file, GITHUB_SHA: "1a2b3c4d5e6f" },
  });
  expect(readFileSync(file, "utf8")).toMatch(/^RELEASE_ID=\d{8}T\d{6}Z-1a2b3c4\n$/);
});

describe("the weekly refresh", () => {
  const refresh = read({ ...WORKFLOW, build: "host", tests: true }).jobs.refresh;
  const names = refresh?.steps.map(({ name }) => name) ?? [];

  test("is another job than a release, on the same branch and with the same rights", () => {
    const { release } = read({ ...WORKFLOW, build: "host" }).jobs;
    expect(release.if).toBe("github.ref == 'refs/heads/main' && github.event_name != 'schedule'");
    expect(refresh?.if).toBe("github.ref == 'refs/heads/main' && github.event_name == 'schedule'");
    for (const right of ["permissions", "environment", "runs-on", "timeout-minutes"] as const)
      expect(refresh?.[right]).toEqual(release[right]);
  });

  test("tests the commit that serves, and uploads nothing of the branch", () => {
    expect(names.slice(names.indexOf("See what serves"))).toEqual([
      "See what serves",
      "Check out what serves",
      "Lay out what the image is built from",
      "Run the project's tests",
      "Refresh",
      "Summary",
      ...(WORKFLOW.access === "runner" ? ["Close port 22"] : []),
    ]);
    expect(refresh?.steps.find(({ name }) => name === "Check out what serves")).toEqual({
      name: "Check out what serves",
      uses: `actions/checkout@${CHECKOUT.commit}`,
      with: { "persist-credentials": false, ref: "${{ env.SERVES }}" },
    });
    expect(JSON.stringify(refresh)).not.toMatch(/ENV_VARS|runner\/(upload|release)/);
  });

  test("is none where a runner builds the image", () =>
    expect(read({ ...WORKFLOW, build: "runner" }).jobs.refresh).toBeUndefined());
});
