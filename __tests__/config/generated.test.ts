import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { parse } from "yaml";
import type { Application } from "../../application/application";
import { applicationOf } from "../../application/model";
import { describeProblem } from "../../config/errors";
import { validate } from "../../config/validate";
import { synthesize } from "../../synth/synthesize";
import { corruptedInputs, deploymentOf, deployments, inputs } from "../support/arbitraries";
import { type StackJson, environmentOf } from "../support/assertions";
import { ROOT } from "../support/guestbook";
import { unsoundnessOf } from "../support/soundness";
import { type ComposeJson, STACKS, programFolder } from "../support/synthesis";
import { literalTextOf, stringsIn } from "../support/terraform-text";

// 10,000 deployments in all; the machine that runs them may be busy.
jest.setTimeout(600_000);

describe("of 10,000 generated deployments", () => {
  it("2,000 that the schema should accept, it accepts", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        expect(validate(input).problems).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it("4,000 with something wrong get problems that say where, what and what to do, and the model stands the rest", () => {
    let refused = 0;
    fc.assert(
      fc.property(corruptedInputs, (input) => {
        const { problems, settings } = validate(input);
        refused += problems.length > 0 ? 1 : 0;
        const messages = problems.map(describeProblem);
        expect(messages.filter((message) => !COMPLETE.test(message) || message.length > 1000)).toEqual([]);
        expect(new Set(problems.map(({ place }) => place)).size).toBe(problems.length);
        expect(settings ?? problems.length > 0).toBeTruthy();
        if (settings) expect(applicationOf(deploymentOf(settings)).services.length).toBeGreaterThan(2);
      }),
      { numRuns: 4000 },
    );
    expect(refused).toBeGreaterThan(3000);
  });

  it("4,000 become sound applications", () => {
    fc.assert(
      fc.property(deployments, (deployment) => {
        expect(unsoundnessOf(applicationOf(deployment), deployment)).toEqual([]);
      }),
      { numRuns: 4000 },
    );
  });
});

/** Place and value, expectation, advice: no part empty, nothing undefined. */
const COMPLETE =
  /^✗ (?!undefined)\S.* is \S.*\n {4}expected: (?!undefined)\S.*\n {4}to do: {4}(?!.*undefined$)\S.*$/;

describe("of 1,000 synthesized deployments", () => {
  const root = programFolder();
  const outdir = join(root, "cdktf.out");

  it("all are rendered word for word, and nothing of this machine is in what comes out", () => {
    fc.assert(
      fc.property(deployments, (deployment) => {
        // No file of the project: its context is written once and found again by its hash.
        synthesize({ deployment, projectFiles: { requirements: [], projectFiles: [] }, root, outdir });
        const text = STACKS.map((stack) =>
          readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8"),
        );
        const stacks = text.map((json) => JSON.parse(json) as StackJson);
        const application = applicationOf(deployment);
        expect(text.filter((json) => MACHINE.test(json))).toEqual([]);
        expect(templatesIn(stacks)).toEqual([]);
        expect(environmentsIn(stacks)).toEqual(environmentsOf(application));
        const yaml = readFileSync(join(outdir, "application", "compose.yaml"), "utf8");
        const compose = parse(yaml, { version: "1.1" }) as ComposeJson;
        expect(variablesIn(compose)).toEqual([]);
        expect(composeEnvironmentsIn(compose)).toEqual(environmentsOf(application));
      }),
      { numRuns: 1000 },
    );
  });

  /** An absolute path of this machine: relative ones may lead there. */
  const MACHINE = new RegExp(
    `(?<!\\.\\.)(${[ROOT, root].map((path) => path.replace(/\W/g, "\\$&")).join("|")})`,
  );
});

/** Role → variables. */
type Environments = Readonly<Record<string, Readonly<Record<string, string>>>>;

function environmentsOf({ services }: Application): Environments {
  return Object.fromEntries(services.map(({ role, environment }) => [role, environment]));
}

function environmentsIn(stacks: readonly StackJson[]): Environments {
  const containers = stacks.flatMap(({ resource }) => Object.entries(resource?.["docker_container"] ?? {}));
  return Object.fromEntries(
    containers.map(([id, container]) => [id.replace("_", "-"), literals(environmentOf(container))]),
  );
}

function literals(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, literalTextOf(value) ?? `evaluated: ${value}`]),
  );
}

function composeEnvironmentsIn({ services }: ComposeJson): Environments {
  const unescaped = (value: string): string => value.replaceAll("$$", "$");
  return Object.fromEntries(
    Object.entries(services).map(([role, { environment }]) => [
      role,
      Object.fromEntries(
        Object.entries(environment as Record<string, string>).map(([name, value]) => [
          name,
          unescaped(value),
        ]),
      ),
    ]),
  );
}

/** What we let Terraform evaluate. */
const OURS = [
  /^\$\{(docker_\w+|var)\.\w+(\.\w+)?\}$/,
  /^container:\$\{docker_container\.nginx\.id\}$/,
  /^\$\{abspath\("([^"\\$%]|\\["\\nrt]|\\u[0-9A-Fa-f]{4}|[$%](?!\{)|\$\$\{|%%\{)*"\)\}$/,
  /^\$\{coalesce\(self\.exit_code, -1\) == 0\}$/,
  /^[\w ;'.]+ It said why: docker logs \$\{self\.id\}$/,
  /^\$\{var\.ca_bundle == "" \? \[\] : \[var\.ca_bundle\]\}$/,
  /^\$\{secrets\.value\}$/,
];

/** What Terraform would evaluate without our having meant it. */
function templatesIn(stacks: readonly StackJson[]): string[] {
  return stringsIn(stacks)
    .filter((text) => literalTextOf(text) === undefined)
    .filter((text) => !OURS.some((pattern) => pattern.test(text)));
}

/** What Compose would replace without our having meant it: everything but the base images. */
function variablesIn(compose: ComposeJson): string[] {
  return stringsIn(compose)
    .filter((text) => text.replaceAll("$$", "").includes("$"))
    .filter((text) => !/^\$\{(PYTHON|NGINX|MARIADB)_IMAGE:-[a-z0-9:.-]+\}$/.test(text));
}
