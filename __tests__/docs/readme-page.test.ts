import { readFileSync } from "node:fs";
import { join } from "node:path";
import { engines } from "../../package.json";
import { validate } from "../../config/load/validate";
import { ROOT } from "../support/guestbook";
import { saidIn } from "../support/pages";

const PAGE = "README.md";

interface Result {
  readonly group: string;
  readonly what: string;
  readonly ours: number;
  readonly ratio?: number;
}

const measured = JSON.parse(readFileSync(join(ROOT, "bench", "results.json"), "utf8")) as {
  readonly machine: { readonly processors: number };
  readonly results: readonly Result[];
};

/** The results of groups and comparisons whose names fit. */
function results(group: RegExp, what: RegExp): Result[] {
  const found = measured.results.filter((result) => group.test(result.group) && what.test(result.what));
  expect(found.length).toBeGreaterThan(0);
  return found;
}

describe("a figure of the README is one that make bench has printed:", () => {
  it("seconds of a release", () => {
    const [seconds] = saidIn(PAGE, /On two processors: a release of changed code serves after ([\d.]+) s/);
    expect(measured.machine.processors).toBe(2);
    expect(results(/^Release/, /^until it serves/)[0]?.ours.toFixed(1)).toBe(seconds);
  });

  it("requests a second beside runserver's, and their 99th percentile", () => {
    const [least, most] = saidIn(
      PAGE,
      /([\d.]+) to (\d+) times runserver's requests a second, with a better 99th percentile throughout/,
    );
    const ratios = results(/^page/, /runserver: rate/).map(({ ratio = 0 }) => ratio);
    expect([Math.min(...ratios).toFixed(1), Math.max(...ratios).toFixed(0)]).toEqual([least, most]);
    for (const { ratio = 1 } of results(/^page/, /runserver: 99th percentile/)) expect(ratio).toBeLessThan(1);
  });

  it("synthesis beside the stock template's", () => {
    const [seconds, times] = saidIn(PAGE, /are synthesized in ([\d.]+) s, (\d+) times as fast/);
    const [{ ours, ratio = 0 } = { ours: 0 }] = results(/^Synth of all stacks/, /^time, beside the stock/);
    expect([ours.toFixed(1), ratio.toFixed(0)]).toEqual([seconds, times]);
  });
});

it("the versions that the README asks for are those that are checked", () => {
  const [node, terraform, tofu] = saidIn(
    PAGE,
    /with Node (\d+), Python and Terraform ([\d.]+) \(or OpenTofu ([\d.]+)\)/,
  );
  expect(engines.node).toBe(`>=${node ?? ""}`);
  const setup = readFileSync(join(ROOT, "tools", "setup"), "utf8");
  expect(setup).toContain(`Terraform) wanted=${terraform ?? ""} ;;`);
  expect(setup).toContain(`OpenTofu) wanted=${tofu ?? ""} ;;`);
});

it("the ports are the defaults", () => {
  const { local } = validate({ project: { folder: "examples/guestbook" } }).settings ?? {};
  const [port] = saidIn(PAGE, /ends with its URL: http:\/\/localhost:(\d+)\//);
  const [development] = saidIn(PAGE, /`runserver` on port (\d+)/);
  const [database] = saidIn(PAGE, /MariaDB published on (\d+)/);
  expect([local?.port, local?.developmentPort, local?.databasePort].map(String)).toEqual([
    port,
    development,
    database,
  ]);
});
