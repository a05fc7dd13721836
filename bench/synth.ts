import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { alternate, samplesOf } from "./contest";
import { type Program, peakOf, timeOf } from "./program";
import { type Result, compare } from "./report/result";
import { median } from "./report/statistics";

const SIZES = [1, 10, 100] as const;

export interface SynthBenchProps {
  /** The program's own folder; absolute. */
  readonly root: string;
  /** Where to write; absolute. */
  readonly folder: string;
  readonly rounds: number;
  /** Install nothing: leaves the stock template out. */
  readonly noInstall: boolean;
  readonly say: (line: string) => void;
}

/** One deployment, as ours and as the stock template's program. */
interface Subject {
  readonly group: string;
  /** Below `bench/programs/`. */
  readonly ours: string;
  /** In `bench/template/`. */
  readonly template: string;
}

const SUBJECTS: readonly Subject[] = [
  {
    group: "Synth of the local stacks, nothing changed since the last one",
    ours: "ours.ts",
    template: "main.ts",
  },
  {
    group: "Synth of all stacks, with a machine on AWS, nothing changed since the last one",
    ours: "ours-host.ts",
    template: "main-host.ts",
  },
];

/** Our synth beside that of the stock template, and beside nothing but cdktf itself. */
export async function benchSynth(props: SynthBenchProps): Promise<Result[]> {
  const { root, folder, rounds } = props;
  const bundled: Bundled = (file, args, to) => ({
    command: "node",
    args: ["tools/bundle.mjs", `bench/programs/${file}`, ...args],
    cwd: root,
    env: { CDKTF_OUTDIR: to },
  });
  const template = prepareTemplate(props);
  const results: Result[] = [];
  for (const subject of SUBJECTS) results.push(...(await benchSubject(props, subject, bundled, template)));
  return [...results, ...(await benchModels(bundled, join(folder, "models"), rounds))];
}

async function benchSubject(
  { root, folder, rounds }: SynthBenchProps,
  subject: Subject,
  bundled: Bundled,
  cwd: string | undefined,
): Promise<Result[]> {
  const { group } = subject;
  const outdir = join(folder, subject.ours.replace(".ts", ""));
  const ours = bundled(subject.ours, [], outdir);
  const cdktf: Program = { command: "node", args: ["-e", 'require("cdktf")'], cwd: root };
  const template: Program | undefined =
    cwd === undefined ? undefined : templateProgram(cwd, subject.template);
  const programs = { ours, cdktf, ...(template && { template }) };

  // The first runs build the bundle and fill caches.
  for (const program of Object.values(programs)) timeOf(program);
  if (template) requireSameResources(outdir, join(template.cwd, "cdktf.out"));
  const times = await alternate(
    Object.entries(programs).map(([name, program]) => ({
      name,
      measure: async () => Promise.resolve(timeOf(program)),
    })),
    rounds,
  );
  const seconds = samplesOf(times, "ours");
  const results: Result[] = [
    compare(
      {
        group,
        what: "time, beside node -e 'require(\"cdktf\")'",
        unit: "s",
        aim: { of: "ratio", atMost: 2, required: true },
      },
      seconds,
      samplesOf(times, "cdktf"),
    ),
    {
      group,
      what: "peak memory, beside node -e 'require(\"cdktf\")'",
      unit: "MiB",
      ours: peakOf(ours, folder),
      theirs: peakOf(cdktf, folder),
      aim: { of: "ours", atMost: 100, required: true },
    },
  ];
  if (!template) return results;
  return [
    ...results,
    compare(
      {
        group,
        what: "time, beside the stock template (npx ts-node, barrel imports)",
        unit: "s",
        aim: { of: "ratio", atLeast: 25 },
      },
      seconds,
      samplesOf(times, "template"),
      "theirs / ours",
    ),
    {
      group,
      what: "peak memory, beside the stock template",
      unit: "MiB",
      ours: peakOf(ours, folder),
      theirs: peakOf(template, folder),
    },
  ];
}

function templateProgram(cwd: string, file: string): Program {
  return { command: "npx", args: ["ts-node", file], cwd };
}

/** A program of ours, with what it is given and where it writes. */
type Bundled = (file: string, args: readonly string[], outdir: string) => Program;

async function benchModels(bundled: Bundled, outdir: string, rounds: number): Promise<Result[]> {
  const programs = SIZES.map((size) => ({
    name: String(size),
    program: bundled("model.ts", [String(size)], outdir),
  }));
  for (const { program } of programs) timeOf(program);
  const times = await alternate(
    programs.map(({ name, program }) => ({ name, measure: async () => Promise.resolve(timeOf(program)) })),
    rounds,
  );
  return SIZES.map((size) => ({
    group: "Synth of larger applications, both renderings",
    what: size === 1 ? "1 service" : `${size} services`,
    unit: "s",
    ours: median(samplesOf(times, String(size))),
  }));
}

/** @returns the stock template's folder, which has ts-node; cdktf it takes from ours */
function prepareTemplate({ root, folder, noInstall, say }: SynthBenchProps): string | undefined {
  const cwd = join(folder, "template");
  mkdirSync(cwd, { recursive: true });
  cpSync(join(root, "bench", "template"), cwd, { recursive: true });
  if (!existsSync(join(cwd, "node_modules", "ts-node"))) {
    if (noInstall) {
      say("left out: the stock template, for which ts-node would have to be installed (NO_INSTALL=1)");
      return undefined;
    }
    say("installing ts-node for the stock template (npm install in .deployment/bench/template)");
    timeOf({ command: "npm", args: ["install", "--no-audit", "--no-fund"], cwd });
  }
  return cwd;
}

/** @throws when the two programs don't make as many resources of each type: then their times say nothing */
function requireSameResources(ours: string, theirs: string): void {
  const [expected, found] = [countResources(ours), countResources(theirs)];
  if (expected !== found) {
    throw new Error(
      `bench/template/main.ts makes other resources than the deployment (${found}; expected ${expected})`,
    );
  }
}

function countResources(outdir: string): string {
  const stacks = readdirSync(join(outdir, "stacks")).sort();
  return stacks
    .map((stack) => {
      const file = join(outdir, "stacks", stack, "cdk.tf.json");
      const { resource = {} } = JSON.parse(readFileSync(file, "utf8")) as {
        resource?: Record<string, object>;
      };
      const counts = Object.entries(resource).map(([type, all]) => `${Object.keys(all).length} ${type}`);
      return `${stack}: ${counts.sort().join(", ")}`;
    })
    .join("; ");
}
