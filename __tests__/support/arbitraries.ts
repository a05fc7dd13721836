import { join } from "node:path";
import * as fc from "fast-check";
import * as z from "zod";
import { memoryShares, rolesThat } from "../../application/registry/queries";
import type { Deployment } from "../../config/deployment";
import type { EnvFileFacts } from "../../config/files/env-file";
import { INSTANCE_TYPES, REGIONS } from "../../config/instance-types";
import { type ProjectFacts, inspectProject } from "../../config/project";
import { ProjectFolder } from "../../config/project/folder";
import { relationProblems } from "../../config/resolve/relations";
import { isSchedule, readSchedule } from "../../config/grammar/schedule";
import { resolveJobs } from "../../config/resolve/jobs";
import { processProblems, resolveProcesses } from "../../config/resolve/processes";
import { resolveDeployment } from "../../config/resolve";
import { type DeploymentInput, type DeploymentSettings, deploymentSchema } from "../../config/schema";
import { keysOf, schemaAt, unwrapped } from "../../config/schema/describe";
import type { KeyFacts } from "../../config/files/ssh-keys";
import { ROOT } from "./guestbook";

/*
 * Deployments of every kind, made from the schema itself: a key that is added to it is generated from then on.
 */

type Schema = z.core.$ZodType;

/** What a shell, Terraform, Compose, Go's templates, YAML or a JSON reader might trip over. */
// prettier-ignore
const NASTY = [
  "${x}", "$${x}", "$$${", "%{ if true }", "%%{", "${{ secrets.X }}", "$(id)", "`id`", "{{.}}", "$", "%", "\\",
  '"', "'", "\n", "\r", "\t", " ", "#", ":", "=", ",", "*", "~", "null", "0o17", "é", "漢", "\u{1f642}", "\u2028",
];

/** Text made of that. */
export const nasty: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 5 })), { maxLength: 5 })
  .map((pieces) => pieces.join(""));

const PATH = join(ROOT, "examples", "guestbook");
const FACTS = inspectProject(PATH);
const FOLDER = new ProjectFolder(PATH, FACTS.pythonRoot);
const KEY = { file: join(ROOT, "key"), publicKey: "ssh-ed25519 AAAA" };
const KEYS: KeyFacts = { keys: { deploy: KEY, host: KEY }, problems: [] };
type HostInput = NonNullable<DeploymentInput["host"]>;
const TAKEN_NAMES = rolesThat(() => true);
const NO_ENV_FILE: EnvFileFacts = { names: [], called: ".env", problems: [] };

/** A field of a schedule: `*`, a number, a range, a step, or several of them. */
function scheduleField(min: number, max: number, names: readonly string[] = []): fc.Arbitrary<string> {
  const written = (value: number): fc.Arbitrary<string> =>
    fc.constantFrom(...[String(value), names[value - min] ?? String(value)]);
  const value = fc.integer({ min, max }).chain(written);
  const range = fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`);
  const step = fc
    .tuple(fc.oneof(fc.constant("*"), range), fc.integer({ min: 1, max }))
    .map(([of, by]) => `${of}/${by}`);
  const entry = fc.oneof(value, range, step);
  return fc.oneof(
    fc.constant("*"),
    fc.array(entry, { minLength: 1, maxLength: 3 }).map((entries) => entries.join(",")),
  );
}

/** Schedules that cron can read, and whose days come. */
export const schedules: fc.Arbitrary<string> = fc
  .tuple(
    scheduleField(0, 59),
    scheduleField(0, 23),
    scheduleField(1, 31),
    scheduleField(1, 12, "JAN feb mar apr may jun jul aug sep oct nov Dec".split(" ")),
    scheduleField(0, 7, "SUN mon tue wed thu fri Sat".split(" ")),
  )
  .map((fields) => fields.join(" "))
  .filter((schedule) => isSchedule(readSchedule(schedule)));

/** What the schema accepts as `deployment.ts`. */
export const inputs = arbitraryOf(deploymentSchema) as fc.Arbitrary<DeploymentInput>;

/** The same, with something in it that is most likely wrong. */
export const corruptedInputs: fc.Arbitrary<unknown> = fc
  .tuple(inputs, fc.array(fc.tuple(places(), corruptions()), { minLength: 1, maxLength: 3 }))
  .map(([input, changes]) =>
    changes.reduce<unknown>((value, [path, corrupt]) => corrupt(value, path), input),
  );

/** What is made of such inputs, of what projects may say about themselves, and of a `.env`. */
export const deployments: fc.Arbitrary<Deployment> = fc
  .tuple(inputs, factsLike(), envFiles(), fc.option(nasty), hosts(), schedules)
  .map(([given, facts, envFile, elsewhere, host, schedule]) => {
    const input = { ...given, jobs: scheduledAt(given.jobs, schedule) };
    const known = input.host
      ? { ...input, host: { ...input.host, ...host, ssh: input.github ? host.ssh : withoutRunner(host.ssh) } }
      : { ...input, github: undefined };
    const deployment = deploymentOf(deploymentSchema.parse(known), facts, envFile);
    const folder = elsewhere === null ? deployment.project.folder : `/srv/${elsewhere.replaceAll("\0", "")}`;
    return { ...deployment, project: { ...deployment.project, folder } };
  })
  .filter(
    (deployment) =>
      relationProblems(deployment).length === 0 &&
      processProblems(deployment.processes, TAKEN_NAMES).length === 0 &&
      deployment.jobs.every(({ name }) => !TAKEN_NAMES.includes(name)) &&
      !deployment.jobs.some((job) => deployment.processes.some(({ name }) => name === job.name)),
  );

/** The same jobs with a schedule that can be read, those that have one. */
function scheduledAt(jobs: DeploymentInput["jobs"], schedule: string): DeploymentInput["jobs"] {
  return Object.fromEntries(
    Object.entries(jobs ?? {}).map(([name, { schedule: written, ...job }]) => [
      name,
      written === undefined ? job : { ...job, schedule },
    ]),
  );
}

/** A deployment of the guestbook, whether it can be built or not. */
export function deploymentOf(settings: DeploymentSettings, facts = FACTS, envFile = NO_ENV_FILE): Deployment {
  return resolveDeployment(settings, {
    folder: FOLDER,
    facts,
    envFile,
    keys: KEYS,
    memoryShares: memoryShares({ processes: resolveProcesses(settings), jobs: resolveJobs(settings) }),
  }).deployment;
}

/** Without the section `github` there is no runner. */
function withoutRunner(ssh: HostInput["ssh"]): HostInput["ssh"] {
  return ssh === "runner" ? "nobody" : ssh;
}

/** What the schema alone can't know of a host: what AWS has. */
function hosts(): fc.Arbitrary<Pick<HostInput, "region" | "zone" | "instanceType" | "architecture" | "ssh">> {
  return fc
    .record(
      {
        region: fc.constantFrom(...REGIONS),
        instanceType: fc.constantFrom(...INSTANCE_TYPES),
        ssh: fc.oneof(
          fc.constantFrom("nobody" as const, "runner" as const, "anywhere" as const),
          fc.array(
            fc.ipV4().map((address) => `${address}/32`),
            { minLength: 1, maxLength: 3 },
          ),
        ),
      },
      { requiredKeys: ["region"] },
    )
    .map((host) => ({ ...host, zone: undefined, architecture: undefined }));
}

function accepts(schema: Schema, value: unknown): boolean {
  return z.safeParse(schema, value).success;
}

function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodEnum) return fc.constantFrom(...inner.options);
  if (inner instanceof z.ZodLiteral) return fc.constantFrom(...inner.values);
  if (inner instanceof z.ZodBoolean) return fc.boolean();
  if (inner instanceof z.ZodUnion) return fc.oneof(...inner.options.map(arbitraryOf));
  if (inner instanceof z.ZodNumber) {
    const [min, max] = [inner.minValue ?? 0, inner.maxValue ?? 0];
    return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }));
  }
  if (inner instanceof z.ZodArray) {
    const minLength = accepts(inner, []) ? 0 : 1;
    return fc.array(arbitraryOf(inner.element), { minLength, maxLength: 3 });
  }
  if (inner instanceof z.ZodRecord) {
    const key = arbitraryOf(inner.keyType) as fc.Arbitrary<string>;
    return fc.dictionary(key, arbitraryOf(inner.valueType), { maxKeys: 3 });
  }
  if (inner instanceof z.ZodObject) {
    const keys = keysOf(inner);
    const values = keys.map((key) => [key, schemaAt(inner, [key]) ?? inner] as const);
    const requiredKeys = values.filter(([, value]) => !accepts(value, undefined)).map(([key]) => key);
    return fc.record(Object.fromEntries(values.map(([key, value]) => [key, arbitraryOf(value)])), {
      requiredKeys,
    });
  }
  return textOf(inner);
}

/** Text that fits its pattern; where the pattern lets it, also text that is hard to carry. */
function textOf(schema: Schema): fc.Arbitrary<string> {
  const { format, pattern = "" } = z.toJSONSchema(schema as z.ZodType, { io: "input" });
  const fitting =
    format === "ipv4"
      ? fc.ipV4()
      : format === "ipv6"
        ? fc.ipV6()
        : fc.stringMatching(withoutLookaheads(pattern));
  const texts = accepts(schema, 'a "${x}"') ? fc.oneof(fitting, nasty) : fitting;
  return texts.filter((text) => accepts(schema, text));
}

/** fast-check makes no strings for them; what they forbid is filtered out. */
function withoutLookaheads(pattern: string): RegExp {
  return new RegExp(pattern.replace(/\(\?!(?:[^()]|\([^()]*\))*\)/g, ""));
}

/** Every place that the schema knows, and unknown ones beside them. */
function places(): fc.Arbitrary<readonly string[]> {
  const below = (path: readonly string[]): (readonly string[])[] => {
    const keys = keysOf(schemaAt(deploymentSchema, path) ?? deploymentSchema);
    const known = keys.flatMap((key) => [[...path, key], ...below([...path, key])]);
    return keys.length === 0 ? [] : [...known, [...path, `${keys[0] ?? ""}s`], [...path, "__proto__"]];
  };
  return fc.constantFrom(...below([]));
}

type Corruption = (input: unknown, path: readonly string[]) => unknown;

function corruptions(): fc.Arbitrary<Corruption> {
  const value = fc.oneof(
    fc.anything(),
    fc.constantFrom(
      null,
      -1,
      0,
      1.5,
      NaN,
      2 ** 53,
      "",
      "..",
      "/",
      "\0",
      "x".repeat(10_000),
      () => 1,
      Symbol("x"),
    ),
    nasty,
  );
  return value.map((corrupt) => (input, path) => replaced(input, path, corrupt));
}

function replaced(input: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const before = typeof input === "object" && input !== null ? input : {};
  const below = (before as Readonly<Record<string, unknown>>)[key];
  return Object.fromEntries([...Object.entries(before), [key, replaced(below, rest, value)]]);
}

/** What a project's files may say, in all that the model looks at. */
function factsLike(): fc.Arbitrary<ProjectFacts> {
  const module = fc.stringMatching(/^[\w-]{1,9}(\.[\w-]{1,9}){0,2}$/);
  const path = fc.stringMatching(/^(\/[a-z0-9 _-]{1,9}){1,3}$/);
  const variable = fc.stringMatching(/^[A-Z]{3,6}_[A-Z]{3,6}$/);
  return fc
    .record(
      {
        pythonRoot: fc.constantFrom(".", "src", "apps/web"),
        productionSettings: module,
        developmentSettings: module,
        wsgi: module.map((name) => `${name}:application`),
        tests: fc.constantFrom(undefined, { command: "pytest" }, { command: "x", requirements: "dev.txt" }),
        requirements: fc.constantFrom("requirements.txt", "requirements/prod.txt"),
        systemPackages: fc.constant({ run: ["libcairo2"], build: ["libcairo2-dev"] }),
        pythonVersion: fc.record({
          version: fc.constantFrom("3.9", "3.12.4"),
          file: fc.constant("runtime.txt"),
          orLater: fc.boolean(),
        }),
        staticRoot: path,
        staticUrl: path.map((url) => url.replaceAll(" ", "-")),
        mediaRoot: path,
        mediaUrl: fc.constantFrom("/m/", "https://cdn.example/m/", "//cdn.example/", "/uploads"),
        secretKeyVariable: variable,
        readsDatabaseEnvironment: fc.boolean(),
        readsDatabaseUrl: fc.boolean(),
        database: fc.record({
          engines: fc.constantFrom([], ["django.db.backends.mysql"], ["django.db.backends.sqlite3"]),
          variables: fc.record({ NAME: variable, USER: variable, PASSWORD: variable, HOST: variable }),
          urlVariable: fc.option(variable, { nil: undefined }),
        }),
      },
      { requiredKeys: [] },
    )
    .map((said) => ({ ...FACTS, ...said }));
}

function envFiles(): fc.Arbitrary<EnvFileFacts> {
  const file = fc.record({
    path: nasty.map((name) => join(PATH, `${name.replaceAll("\0", "")}.env`)),
    hash: fc.stringMatching(/^[0-9a-f]{64}$/),
  });
  return fc.option(file, { nil: undefined }).map((found) => ({ ...NO_ENV_FILE, file: found }));
}
