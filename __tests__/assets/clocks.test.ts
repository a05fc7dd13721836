import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/guestbook";

/**
 * What reads the time of day, and the files that may: for people, for a job's schedule, to compare with a time of nginx on the
 * same machine, and with the age of a file that nobody misses.
 */
const READERS: readonly { readonly what: RegExp; readonly may: readonly string[] }[] = [
  { what: /\bDate\.now\(|\bnew Date\(\)/, may: ["cli/commands/pipeline/release.ts"] },
  {
    what: /\btime\.time\(|\bdatetime\.now\(|\butcnow\(/,
    may: [
      "assets/host/door",
      "assets/image/python/deployment_overload.py",
      "assets/deploy/host/release_program/clock.py",
    ],
  },
  { what: /\$\{?SECONDS\b|\(\(.*\bSECONDS\b|\bEPOCHSECONDS\b/, may: ["assets/deploy/runner/lib.sh"] },
];

/** The product. Fakes, measurements and tests may do as they like. */
const FOLDERS = [
  "application",
  "assets",
  "cli",
  "config",
  "constructs",
  "host",
  "pipeline",
  "stacks",
  "synth",
];

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".pyc"))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1)),
);

it.each(READERS)("no duration and no order is taken from the time of day: $what", ({ what, may }) => {
  const found = files.filter((file) => what.test(readFileSync(join(ROOT, file), "utf8")));
  expect(found).toEqual(may);
});

/** Puts the clock forward or back by a day at each pause of a script, as SECONDS shows it. */
const JUMPS = (seconds: number): string =>
  `sleep() { SECONDS=$((SECONDS + ${seconds})); command sleep 0.02; }\n`;

/** How often a host asks at its boot for what is there after five times, though the clock jumps meanwhile. */
function askedAtBoot(seconds: number, limit: number): string {
  const script = `${JUMPS(seconds)}
    . assets/host/lib/common.sh
    say() { :; }; status() { :; }; step=test asked=0
    there() { asked=$((asked + 1)); [ "$asked" -ge 5 ]; }
    wait_for ${limit} there && echo "there after $asked" || echo "given up after $asked"`;
  const env = { PATH: process.env["PATH"] };
  return execFileSync("bash", ["--norc", "-c", script], { cwd: ROOT, encoding: "utf8", env }).trim();
}

it.each([86_400, -86_400])("a host's boot waits for as long, though the clock jumps by %d s", (jump) => {
  expect(askedAtBoot(jump, 60)).toBe("there after 5");
  expect(askedAtBoot(jump, 0)).toBe("given up after 1");
});
