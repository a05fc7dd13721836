import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as fc from "fast-check";
import { pythonPackages } from "../support/python-packages";
import { repetitions } from "../support/repetitions";

jest.setTimeout(120_000);

const PYTHON = resolve(__dirname, "../../assets/image/python");

/** Reads files from a list of JSON strings, with our parser and, where it is there, python-dotenv's. */
const READ = `
import io, json, sys
sys.path.insert(0, sys.argv[1])
from env_file import EnvFileError, parse
out = []
for text in json.load(open(sys.argv[2])):
    try:
        mine = parse(text.encode("utf-8", "surrogateescape"))
    except EnvFileError as error:
        mine = str(error)
    theirs = None
    if sys.argv[3:] == ["dotenv"]:
        from dotenv.main import DotEnv
        theirs = dict(DotEnv(None, stream=io.StringIO(text, newline=None), interpolate=False, encoding="utf-8").dict())
    out.append({"mine": mine, "theirs": theirs})
json.dump(out, sys.stdout)
`;

interface Reading {
  readonly mine: Record<string, string> | string;
  readonly theirs: Record<string, string> | null;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "env-file-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function readAll(texts: readonly string[], python = "python3", ...others: string[]): Reading[] {
  const file = join(folder, "texts.json");
  writeFileSync(file, JSON.stringify(texts));
  const output = execFileSync(python, ["-c", READ, PYTHON, file, ...others], { maxBuffer: 1e8 });
  return JSON.parse(output.toString()) as Reading[];
}

const KNOWN: readonly (readonly [what: string, text: string, values: Record<string, string>])[] = [
  ["nothing", "", {}],
  ["comments and empty lines", "# a\n\n   # b\n \t\nA=1", { A: "1" }],
  ["export", "export A=1\n\texport\tB = 2 ", { A: "1", B: "2" }],
  ["names with a dot or a dash", "a.b-c_1=x", { "a.b-c_1": "x" }],
  ["an empty value", "A=\nB=''\nC=\"\"", { A: "", B: "", C: "" }],
  [
    "a comment after a space only",
    "A=x # y\nB=#fff\nC=a#b\nD= # none",
    { A: "x", B: "#fff", C: "a#b", D: "" },
  ],
  ["spaces around and within", "A =  b c  ", { A: "b c" }],
  [
    "no interpolation",
    "A=$B\nC=${D}`e`%f\nG=\"$B `x`\"\nH='${I}'",
    {
      A: "$B",
      C: "${D}`e`%f",
      G: "$B `x`",
      H: "${I}",
    },
  ],
  ["quotes inside an unquoted value", `A=it's "so"`, { A: `it's "so"` }],
  ["single quotes", `A='a\\'b\\\\c\\n"d' # e`, { A: `a'b\\c\\n"d` }],
  ["double quotes", `A="a\\"b\\\\c\\nd\\te\\$f'" #g`, { A: `a"b\\c\nd\te\\$f'` }],
  ["line ends in quotes", `A="1\n2"\nB='3\n\n4'\nC=5`, { A: "1\n2", B: "3\n\n4", C: "5" }],
  [
    "Windows line ends and a byte order mark",
    '\ufeffA=1\r\nB="2\r\n3"\r\nC=4',
    { A: "1", B: "2\n3", C: "4" },
  ],
  ["the last of two", "A=1\nA=2", { A: "2" }],
  ["other scripts, and their spaces", "A=\u00a0é漢\u2003", { A: "\u00a0é漢\u2003" }],
  ["an equals sign in the value", "A=b=c==", { A: "b=c==" }],
];

const REFUSED: readonly (readonly [what: string, text: string, message: string])[] = [
  ["a line without =", "A=1\nnonsense", "line 2: expected NAME=value"],
  ["a name that begins with a digit", "1A=x", "line 1: expected NAME=value"],
  ["a quote that stays open", 'A=1\n\nB="x\ny', 'line 3: the value of B opens with " and has no closing "'],
  ["text after a closing quote", "A='x'y", "line 1: text after the closing ' of A"],
  ["a NUL byte", "A=x\0y", "line 1: the value of A holds a NUL byte"],
];

const SECRETS = ["A='hunter2'x", 'A="hunter2', "A=hunter2\0", "hunter2 hunter2"];

describe("the .env file", () => {
  let readings: Map<string, Reading["mine"] | undefined>;
  // One start of Python for all of them.
  beforeAll(() => {
    const texts = [...KNOWN.map(([, text]) => text), ...REFUSED.map(([, text]) => text), ...SECRETS];
    const all = readAll(texts);
    readings = new Map(texts.map((text, index) => [text, all[index]?.mine]));
  });

  it.each(KNOWN)("knows %s", (_what, text, expected) => {
    expect(readings.get(text)).toEqual(expected);
  });

  it.each(REFUSED)("refuses %s, and names the line", (_what, text, message) => {
    expect(readings.get(text)).toEqual(expect.stringContaining(message));
  });

  it.each(SECRETS)("never shows a value in an error: %j", (text) => {
    expect(readings.get(text)).toEqual(expect.stringMatching(/^(?!.*hunter2)/s));
  });
});

/** Characters that break other readers. */
const nasty = fc.string({
  unit: fc.constantFrom(
    "a",
    "b",
    "1",
    "$",
    '"',
    "'",
    "\\",
    "`",
    "#",
    "=",
    " ",
    "{",
    "}",
    "%",
    "!",
    "\t",
    "\n",
    "é",
    "漢",
    "🙂",
    "n",
    "r",
    "t",
  ),
  maxLength: 12,
});
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}$/);
const escaped = (value: string, quote: string): string =>
  quote + value.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`) + quote;

it("gives back any value that was written in quotes", () => {
  const values = fc.sample(fc.tuple(nasty, fc.constantFrom("'", '"')), repetitions(2000));
  const texts = values.map(([value, quote]) => `X=${escaped(value, quote)}`);
  expect(readAll(texts).map(({ mine }) => mine)).toEqual(values.map(([value]) => ({ X: value })));
});

it("reads what python-dotenv reads, where that neither skips a line nor takes a comment for a value", () => {
  const space = fc.constantFrom("", " ", "  ", "\t");
  const value = fc.oneof(
    nasty.map((text) => text.replaceAll("\n", "").replace(/^[\s'"#]+/, "")),
    // python-dotenv can't close a quote after a backslash.
    nasty.map((text) => escaped(text.replace(/\\+$/, ""), "'")),
    nasty.map((text) => escaped(text.replace(/\\+$/, ""), '"')),
    // Backslashes before anything.
    nasty.map((text) => `"${text.replaceAll('"', "").replace(/\\+$/, "")}"`),
  );
  const line = fc.oneof(
    fc
      .tuple(
        space,
        fc.constantFrom("", "export "),
        name,
        space,
        space,
        value,
        fc.constantFrom("", " # c", " "),
      )
      .map(
        ([a, exported, key, b, c, text, rest]) =>
          `${a}${exported}${key}${b}=${c}${text}${text.trim() === "" ? "" : rest}`,
      ),
    nasty.map((text) => `#${text.replaceAll("\n", "")}`),
    space,
  );
  const file = fc.tuple(fc.array(line, { minLength: 2, maxLength: 8 }), fc.constantFrom("\n", "\r\n"));
  const files = repetitions(3000);
  const texts = fc.sample(file, files).map(([lines, end]) => lines.join(end));
  const readings = readAll(texts, join(pythonPackages(), "python3"), "dotenv");
  const different = readings.flatMap(({ mine, theirs }, index) =>
    JSON.stringify(mine) === JSON.stringify(theirs) ? [] : [{ text: texts[index], mine, theirs }],
  );
  expect(different).toEqual([]);
  expect(readings.filter(({ mine }) => Object.keys(mine).length > 1).length).toBeGreaterThan(files / 6);
});
