import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { array, assignment, variable, word } from "../../pipeline/bash";

/** What Bash makes of a script. */
function bash(script: string, env: Record<string, string> = {}): string {
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-c", `set -u\n${script}`], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", ...env },
  });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

/** Anything but NUL, which no variable holds, and the mark of variables. */
const text = fc.string({ unit: "binary" }).map((value) => value.replace(/[\0\u0001\ud800-\udfff]/g, ""));

it("plain words stay readable, others are quoted, none is lost", () => {
  expect(word("--label=a.b=c")).toBe("--label=a.b=c");
  expect(word("it's $HOME")).toBe(`'it'\\''s $HOME'`);
  expect(word("")).toBe("''");
  expect(word(`--mount=src=${variable("release")}/deploy,dst=/a b`)).toBe(
    `--mount=src="$release"'/deploy,dst=/a b'`,
  );
});

it("Bash reads every text as it was", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
      const read = bash(`${array("words", texts)}printf '%s\\0' \${words[@]+"\${words[@]}"}`);
      expect(read).toBe(texts.length === 0 ? "\0" : texts.map((one) => `${one}\0`).join(""));
    }),
    { numRuns: 40 },
  );
});

it("a variable keeps what is in it, whatever that is", () => {
  const script = `${assignment("value", `a ${variable("INSIDE")} b`)}printf '%s' "$value"`;
  expect(bash(script, { INSIDE: "$(rm) 'x' \"y\" *" })).toBe("a $(rm) 'x' \"y\" * b");
});
