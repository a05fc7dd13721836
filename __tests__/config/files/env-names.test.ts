import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import * as fc from "fast-check";
import { envNamesOf } from "../../../config/files/env-names";
import { repetitions } from "../../support/repetitions";

const PYTHON = resolve(__dirname, "../../../assets/image/python");

/** What the containers' parser says to each of many files: the names, or the line of the error. */
const READ = `
import base64, json, sys
sys.path.insert(0, sys.argv[1])
from env_file import EnvFileError, parse
out = []
for text in json.load(sys.stdin):
    try:
        out.append({"names": list(parse(base64.b64decode(text)))})
    except EnvFileError as error:
        out.append({"line": error.line})
json.dump(out, sys.stdout)
`;

it.each([
  ["nothing", "", []],
  ["names, once each", "A=1\nexport B = 2\na.b-c=3\nA=4", ["A", "B", "a.b-c"]],
  ["comments and empty lines", "\n # A=1\n\t\nB=2 # C=3", ["B"]],
  ["values over several lines", "KEY=\"-----\nA=1\n-----\"\nB='x\n\\'y' # z\nC=", ["KEY", "B", "C"]],
  ["line ends of Windows and a byte order mark", "\ufeffA=1\r\nB=2\r\n", ["A", "B"]],
])("reads %s", (_, text, names) => {
  expect(envNamesOf(Buffer.from(text))).toEqual({ names });
});

it.each([
  ["A=1\nB", 2, "NAME=value (a name is letters, digits and _, and starts with no digit)"],
  ["\n\n2A=1", 3, "NAME=value (a name is letters, digits and _, and starts with no digit)"],
  ["A='1\n\nB=2", 1, "a closing ' after the value of A"],
  ['A="1\\"', 1, 'a closing " after the value of A'],
  ['A=1\nB="1" 2', 2, 'nothing after the closing " of B (inside "…" write " as \\")'],
  ["A=1\0", 1, "a value of A without NUL, which no environment can carry"],
])("refuses %j in line %d", (text, line, reason) => {
  expect(envNamesOf(Buffer.from(text)).error).toEqual({ line, reason });
});

const FILES = repetitions(3000);

it(`says of ${FILES} generated files what the containers' own parser says`, () => {
  const piece = fc.constantFrom(
    ..."A B1 _c export = # ' \" \\ $ ` é 漢 \u2028 \u00a0 \0 \r\n \r \n \n \ufeff".split(" "),
    " ",
    "\t",
    "A=",
    "\nB='",
    '\nC="',
  );
  const line = fc.constantFrom(
    "A=1\n",
    "export B = 2 # c\r\n",
    "C='x\n\\'y' # z\n",
    '_d="\\\\"\n',
    "# e\n",
    "\n",
  );
  const file = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: line },
      { weight: 1, arbitrary: piece },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 3 }) },
    ),
    { maxLength: 10 },
  );
  const texts = fc.sample(file, FILES).map((pieces) => Buffer.from(pieces.join("")));
  const output = execFileSync("python3", ["-c", READ, PYTHON], {
    input: JSON.stringify(texts.map((text) => text.toString("base64"))),
    maxBuffer: 1e8,
  });
  const theirs = JSON.parse(output.toString()) as { names?: string[]; line?: number }[];
  const different = texts.flatMap((text, index) => {
    const { names, error } = envNamesOf(text);
    const mine = error ? { line: error.line } : { names };
    return JSON.stringify(mine) === JSON.stringify(theirs[index])
      ? []
      : [{ text: text.toString(), mine, theirs: theirs[index] }];
  });
  expect(different).toEqual([]);
  expect(theirs.filter(({ names }) => (names ?? []).length > 0).length).toBeGreaterThan(FILES / 6);
  expect(theirs.filter(({ line }) => line !== undefined).length).toBeGreaterThan(FILES / 6);
});
