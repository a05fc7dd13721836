// usage: bench/run
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Docker } from "../cli/docker/docker";
import { readMachine } from "../cli/computer/machine";
import { readEnvironment } from "../config/environment";
import { benchRelease } from "./release";
import { reportOf, writeReport } from "./report/report";
import { type Result, failuresOf } from "./report/result";
import { Stand } from "./stand";
import { benchSynth } from "./synth";
import { textTable } from "./report/table";
import { benchWeb } from "./web";

const WRK = "django-deployment/wrk";

const root = resolve(".");
const { noInstall, dockerHost } = readEnvironment();
const say = (line: string): void => void process.stdout.write(`- ${line}\n`);

async function main(mode: string): Promise<void> {
  if (mode !== "quick" && mode !== "full") throw new Error(`BENCH is "${mode}"; expected quick or full`);
  const folder = join(root, ".deployment", "bench");
  mkdirSync(folder, { recursive: true });
  say("synth");
  const results = await benchSynth({ root, folder, rounds: mode === "quick" ? 5 : 9, noInstall, say });
  if (mode === "full") {
    const served = await benchServing();
    results.push(...served);
    // A table that lacks half of its rows must not replace a whole one.
    if (served.length > 0) writeReport(root, reportOf(results));
  }
  process.stdout.write(`\n${textTable(results)}\n`);
  for (const { what, ours, ratio } of failuresOf(results)) {
    process.exitCode = 1;
    process.stderr.write(`\n✗ ${what}: ${ratio ?? ours} misses its aim\n`);
  }
}

async function benchServing(): Promise<Result[]> {
  if (!(await provideWrk())) return [];
  const stand = await Stand.prepare(root);
  say('what an earlier run left of the deployment "bench" is removed');
  await stand.remove();
  try {
    say('deploying the example as "bench"');
    await stand.up();
    const web = await benchWeb({ root, stand, wrk: WRK, rounds: 3, seconds: 2, say });
    say("releases");
    return [...web, ...(await benchRelease(stand, 3))];
  } finally {
    say('removing the deployment "bench"');
    await stand.remove();
  }
}

/** @returns whether the load generator is there */
async function provideWrk(): Promise<boolean> {
  const docker = new Docker(dockerHost);
  if ((await docker.try(["image", "inspect", WRK])).status === 0) return true;
  if (noInstall) {
    say(
      `left out: everything that is served, for which wrk would have to be built into the image ${WRK} (NO_INSTALL=1)`,
    );
    return false;
  }
  say(`building the image ${WRK}, which holds wrk, the load generator`);
  const base = readMachine(root).images?.python;
  const argument = base === undefined ? [] : ["--build-arg", `BASE_IMAGE=${base}`];
  await docker.run(["build", "--tag", WRK, ...argument, join(root, "bench", "wrk")]);
  return true;
}

void main(process.argv[2] ?? "full").catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
