import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { parse } from "yaml";
import type { Application } from "../../application/application";
import { applicationOf } from "../../application/model";
import { synthesize } from "../../synth/synthesize";
import { deployments } from "../support/arbitraries";
import { type StackJson, environmentOf } from "../support/assertions";
import { ROOT } from "../support/guestbook";
import { repetitions } from "../support/repetitions";
import { type ComposeJson, STACKS, programFolder } from "../support/synthesis";
import { literalTextOf, stringsIn } from "../support/terraform-text";

// The machine that runs a thousand of them may be busy.
jest.setTimeout(600_000);

const DEPLOYMENTS = repetitions(1000);

describe(`of ${DEPLOYMENTS} synthesized deployments`, () => {
  const root = programFolder();
  const outdir = join(root, "cdktf.out");
  let synthesized = 0;

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
        // Nothing makes a job's container beforehand.
        const made = application.services.filter(({ kind }) => kind !== "job");
        expect(environmentsIn(stacks)).toEqual(environmentsOf({ ...application, services: made }));
        // Reading YAML takes longer than all the rest.
        if (synthesized++ % 10 !== 0) return;
        const yaml = readFileSync(join(outdir, "application", "compose.yaml"), "utf8");
        const compose = parse(yaml, { version: "1.1" }) as ComposeJson;
        expect(variablesIn(compose)).toEqual([]);
        expect(composeEnvironmentsIn(compose)).toEqual(environmentsOf(application));
      }),
      { numRuns: DEPLOYMENTS },
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
    containers.map(([id, container]) => [id.replaceAll("_", "-"), literals(environmentOf(container))]),
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
  /^\$\{toset\(compact\(\[var\.ca_bundle\]\)\)\}$/,
  /^\$\{each\.value\}$/,
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
