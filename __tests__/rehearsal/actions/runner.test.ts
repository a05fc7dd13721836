import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  Actions,
  type ActionsProps,
  type JobSecrets,
  type Push,
  type WorkflowRun,
} from "../../../rehearsal/actions/actions";
import { temporaryFolder } from "../../support/synthesis";

const CHECKOUT = `actions/checkout@${"a".repeat(40)}`;

const SECRETS: Record<string, string> = {
  KEY: "-----BEGIN KEY-----\nplanted-in-the-key\n",
  HOST: "127.9.8.7",
  ENV_VARS: `SECRET="planted in ENV_VARS $x \\ é"\n`,
};

/** A repository with one commit, that plays github.com. */
function repository(): { remote: string; sha: string } {
  const remote = temporaryFolder();
  mkdirSync(join(remote, "site"));
  writeFileSync(join(remote, "site", "manage.py"), "print()\n");
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", "-C", remote, ...args], {
      encoding: "utf8",
    });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "first");
  return { remote, sha: git("rev-parse", "HEAD").trim() };
}

const { remote, sha } = repository();

function actions(change: Partial<ActionsProps> = {}): Actions {
  return new Actions({
    folder: temporaryFolder(),
    repository: "octocat/site",
    branch: "main",
    actor: "hubot",
    remote,
    secretsOf: (environment): JobSecrets =>
      environment === "production"
        ? { secrets: SECRETS, variables: { REGION: "eu-central-1" } }
        : { secrets: {}, variables: {} },
    environment: { PATH: process.env["PATH"] ?? "" },
    tokens: { url: "http://127.0.0.1:1/token?a=1", secret: "token-secret" },
    ...change,
  });
}

function workflow(steps: string, more = "", concurrency = ""): Push {
  const indented = steps.replace(/^/gm, "      ");
  return {
    sha,
    message: "first",
    workflow: `name: Deploy
on:
  push:
    branches: [main]
permissions: {}
concurrency: { group: deploy, cancel-in-progress: false${concurrency} }
defaults: { run: { shell: bash } }
jobs:
  release:
    if: github.ref == 'refs/heads/main'
    runs-on: ubuntu-24.04
    environment: production
${more}    steps:
${indented}
`,
  };
}

/** The log without the steps' titles. */
async function logOf(run: WorkflowRun): Promise<string[]> {
  await run.done;
  return run.log.split("\n").filter((line) => !line.startsWith("##[group]"));
}

test("a step runs as it is written: bash, its folder, its environment; files tell the runner", async () => {
  const run = actions().start(
    workflow(
      `- uses: ${CHECKOUT}
- run: echo "$GITHUB_SHA $GITHUB_ACTOR $(ls site) $CI"
- working-directory: site
  run: basename "$PWD"; set -o | grep -E '^(errexit|pipefail)' | tr -s ' \\t' ' '
- run: |
    echo "NAME=one" >> "$GITHUB_ENV"
    printf 'LINES<<END\\na\\nb\\nEND\\n' >> "$GITHUB_ENV"
    echo "# Page" >> "$GITHUB_STEP_SUMMARY"
- env: { REGION: "\${{ vars.REGION }}" }
  run: echo "$NAME $LINES $REGION" | paste -sd ' '
- run: echo "more" >> "$GITHUB_STEP_SUMMARY"`,
    ),
  );
  expect(await logOf(run)).toEqual([
    `checked out ${sha}: first`,
    `${sha} hubot manage.py true`,
    "site",
    "errexit on",
    "pipefail on",
    "one a b eu-central-1",
  ]);
  expect(await run.done).toMatchObject({ status: "success", summary: "# Page\nmore\n" });
});

test("after a failure only those steps run that always do, and the run has failed", async () => {
  const run = actions().start(
    workflow(
      `- name: Fails
  run: false | true
- name: Left out
  run: echo never
- name: Always
  if: always()
  run: echo "after it"
- name: On failure
  if: failure()
  run: echo "it failed"`,
    ),
  );
  expect(await logOf(run)).toEqual(["after it", "it failed"]);
  const { status, steps } = await run.done;
  expect(status).toBe("failure");
  expect(steps.map(({ name, conclusion }) => `${name}: ${conclusion}`)).toEqual([
    "Fails: failure",
    "Left out: skipped",
    "Always: success",
    "On failure: success",
  ]);
});

test("secrets reach a step byte for byte, and no log; what wrote one is noted", async () => {
  const github = actions();
  const run = github.start(
    workflow(
      `- env: { KEY: "\${{ secrets.KEY }}", ENV_VARS: "\${{ secrets.ENV_VARS }}", HOST: "\${{ secrets.HOST }}" }
  run: |
    printf '%s' "$KEY$ENV_VARS" | sha256sum
    echo "to $HOST"
- run: env | grep -cE '^(KEY|ENV_VARS)=' || true`,
    ),
  );
  const digest = execFileSync("sha256sum", {
    input: `${SECRETS["KEY"] ?? ""}${SECRETS["ENV_VARS"] ?? ""}`,
    encoding: "utf8",
  });
  expect(await logOf(run)).toEqual([digest.trim(), "to ***", "0"]);
  expect(github.leaks).toEqual([]);

  const leaky = github.start(
    workflow(`- env: { KEY: "\${{ secrets.KEY }}" }\n  run: echo "$KEY" | tail -n 2`),
  );
  expect((await logOf(leaky)).join("\n")).not.toContain("planted");
  expect(github.leaks).toEqual(["KEY"]);
});

test("runs of one group come one after the other; none is cancelled", async () => {
  const github = actions();
  const slow = github.start(workflow("- run: sleep 0.5"));
  const next = github.start(workflow("- run: echo next"));
  await sleep(200);
  expect(next.log).toBe("");
  expect((await slow.done).status).toBe("success");
  const { status, waited } = await next.done;
  expect(status).toBe("success");
  expect(waited).toBeGreaterThan(0.4);
});

test("a token is to be had only with the right to it", async () => {
  const ask = '- run: echo "${ACTIONS_ID_TOKEN_REQUEST_TOKEN-none}"';
  expect(await logOf(actions().start(workflow(ask)))).toEqual(["none"]);
  const right = "    permissions: { id-token: write }\n";
  expect(await logOf(actions().start(workflow(ask, right)))).toEqual(["token-secret"]);
});

test("a step that takes too long is ended with all that it has started; so is one of a run that is cancelled", async () => {
  const github = actions();
  const late = github.start(workflow("- timeout-minutes: 0.01\n  run: sleep 60 & sleep 60"));
  const began = Date.now();
  expect((await late.done).status).toBe("failure");
  expect(late.log).toContain("the step was ended after 1 s");

  const cancelled = github.start(
    workflow(`- run: echo begun; sleep 60\n- if: always()\n  run: echo "the end"`),
  );
  while (!cancelled.log.includes("begun")) await sleep(20);
  github.cancel();
  expect((await cancelled.done).status).toBe("cancelled");
  expect(cancelled.log).toContain("the end");
  expect(Date.now() - began).toBeLessThan(20_000);
}, 30_000);

test("what the rehearsal doesn't know how to do is refused, and not overlooked", async () => {
  expect(() => actions().start(workflow("- run: echo\n  services: {}"))).toThrow(
    /the rehearsal can't run this workflow/,
  );
  expect(() => actions({ branch: "other" }).start(workflow("- run: echo"))).toThrow(
    "no push to other starts this workflow",
  );
  const foreign = actions().start(workflow("- uses: actions/cache@v4"));
  await expect(foreign.done).rejects.toThrow("a fake for actions/checkout at a full hash alone");
});

test("a schedule starts the jobs that are for it, which may check out another commit", async () => {
  const push = workflow(
    `- uses: ${CHECKOUT}
- run: echo "SERVES=${sha}" >> "$GITHUB_ENV"
- uses: ${CHECKOUT}
  with: { ref: "\${{ env.SERVES }}" }
- run: echo "$GITHUB_EVENT_NAME"`,
  );
  const scheduled = {
    ...push,
    workflow: push.workflow.replace(
      "'refs/heads/main'",
      "'refs/heads/main' && github.event_name == 'schedule'",
    ),
  };
  const run = actions().start({ ...scheduled, event: "schedule" });
  expect(await logOf(run)).toEqual([`checked out ${sha}: first`, `checked out ${sha}: first`, "schedule"]);
  expect(await run.done).toMatchObject({ status: "success" });
  expect(await actions().start(scheduled).done).toMatchObject({ status: "skipped" });
});

describe("runs that come while another one goes on", () => {
  /** What became of so many runs that are pushed at once, and what they have said, in their order. */
  async function pushed(count: number, queue: string): Promise<readonly [string[], string[]]> {
    const said: string[] = [];
    const github = actions({ onLine: (_run, line) => void said.push(line) });
    const ends = Array.from({ length: count }, (_, index) =>
      github.start(workflow(`- run: echo "run ${index}"`, "", queue)),
    ).map(({ done }) => done);
    const statuses = (await Promise.all(ends)).map(({ status }) => status);
    await github.idle();
    return [statuses, said.filter((line) => line.startsWith("run "))];
  }

  test("are cancelled but for the last, as GitHub does by default", async () => {
    expect(await pushed(4, "")).toEqual([
      ["success", "cancelled", "cancelled", "success"],
      ["run 0", "run 3"],
    ]);
  });

  test("all have their turn, in their order, with queue: max", async () => {
    expect(await pushed(4, ", queue: max")).toEqual([
      ["success", "success", "success", "success"],
      ["run 0", "run 1", "run 2", "run 3"],
    ]);
  });

  test("can't be both queued and cancelled: GitHub refuses the file", () => {
    const both = workflow("- run: echo", "", ", queue: max");
    const text = both.workflow.replace("cancel-in-progress: false", "cancel-in-progress: true");
    expect(() => actions().start({ ...both, workflow: text })).toThrow("exclude each other");
  });
});
