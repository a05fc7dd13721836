import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { boundBuildLog, buildLogOf, failedStep } from "../../../cli/deploy/build-log";

const RECORD = `#0 building with "default" instance using docker driver

#5 [2/2] RUN pip install -r requirements.txt
#5 0.838 Collecting django
#5 0.839 ERROR: No matching distribution found for django==9
#5 ERROR: executor failed running [/bin/sh -c pip install]: exit code: 1
------
 > [2/2] RUN pip install -r requirements.txt:
0.838 Collecting django
0.839 ERROR: No matching distribution found for django==9
------
`;

/** A build whose pip fails with as many lines of output. */
function pip(name: string, lines: number): string {
  const output = Array.from({ length: lines }, (_, line) => `#9 2.${line}       ${name} line ${line}`);
  return `#0 building with "default" instance using docker driver
#8 [1/3] FROM python
#8 DONE 0.1s
#9 [2/3] RUN pip install
#9 1.0 Collecting Django==5.2
#9 1.1   Downloading django.whl (8 MB)
#9 1.2 Collecting ${name}==1.0 (from -r requirements.txt (line 2))
#9 1.3   Getting requirements to build wheel: finished with status 'error'
#9 1.4   error: subprocess-exited-with-error
#9 1.5   × Getting requirements to build wheel did not run successfully.
${output.join("\n")}
#9 3.0       [end of output]
#9 3.1 ERROR: Failed to build '${name}' when getting requirements to build wheel
#9 ERROR: process "/bin/sh -c pip install" did not complete successfully: exit code: 1
------
 > [2/3] RUN pip install:
3.1 ERROR: Failed to build
------
`;
}

describe("the record of a build", () => {
  it("gives what the failed step said, without its clock", () =>
    expect(failedStep(RECORD)).toEqual([
      "Collecting django",
      "ERROR: No matching distribution found for django==9",
    ]));

  it("gives the last build's failure, and none of those before", () => {
    const said = failedStep(RECORD + pip("Markdown", 3) + pip("psycopg2-binary", 3));
    expect(said[0]).toBe("Collecting psycopg2-binary==1.0 (from -r requirements.txt (line 2))");
    expect(said.join("\n")).not.toMatch(/Markdown|No matching/);
  });

  it("gives pip's last block whole: the package, its output and the verdict", () => {
    const said = failedStep(pip("lxml", 20));
    expect(said.filter((line) => line.includes("lxml line"))).toHaveLength(20);
    expect(said.at(-1)).toBe("ERROR: Failed to build 'lxml' when getting requirements to build wheel");
    expect(said.join("\n")).not.toContain("Downloading");
  });

  it("is read through colours, progress bars, and bytes that are no text", () => {
    const coloured = pip("lxml", 3)
      .replace(
        "error: subprocess-exited-with-error",
        "\u001b[1;31merror\u001b[0m: subprocess-exited-with-error",
      )
      .replace("lxml line 1", "10 %\r 50 %\r\ufffd\u0007done\r");
    const said = failedStep(Buffer.from(coloured).toString("utf8"));
    expect(said[0]).toContain("Collecting lxml");
    expect(said[1]).toBe("  error: subprocess-exited-with-error");
    expect(said).toContain("\ufffddone");
    expect(said.join("")).not.toMatch(/[\u0000-\u001f]/);
  });

  it("is read in a moment, however much a build has said", () => {
    const began = process.cpuUsage();
    const said = failedStep(pip("x".repeat(10_000), 2000));
    expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
    expect(Math.max(...said.map(({ length }) => length))).toBeLessThan(400);
  });

  it("keeps begin and end of a block that is too long", () => {
    const said = failedStep(pip("lxml", 500));
    expect(said).toHaveLength(61);
    expect(said[0]).toContain("Collecting lxml");
    expect(said.at(-1)).toContain("ERROR: Failed to build 'lxml'");
    expect(said.join("\n")).toMatch(/… \d+ lines are left out here …/);
  });

  it("gives the last twenty lines of a long one without a cause", () => {
    const lines = Array.from({ length: 50 }, (_, line) => `1.${line} line ${line}`);
    expect(failedStep(`------\n > [1/1] RUN x:\n${lines.join("\n")}\n------\n`)).toHaveLength(20);
  });

  it("gives nothing of a build that has not failed, though the one before has", () =>
    expect(failedStep(`${RECORD}#0 building with "default" instance\n#1 DONE 0.0s\n`)).toEqual([]));
});

it("begins the record anew when it has grown large, and not before", () => {
  const outdir = mkdtempSync(join(tmpdir(), "build-log-"));
  const file = buildLogOf(outdir);
  boundBuildLog(outdir);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "x".repeat(4 * 1024 ** 2));
  boundBuildLog(outdir);
  expect(existsSync(file)).toBe(true);
  writeFileSync(file, "x".repeat(4 * 1024 ** 2 + 1));
  boundBuildLog(outdir);
  expect(existsSync(file)).toBe(false);
  rmSync(outdir, { recursive: true });
});
