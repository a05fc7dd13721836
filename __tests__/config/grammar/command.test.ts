import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { COMMAND, wordsOf } from "../../../config/grammar/command";
import { repetitions } from "../../support/repetitions";

/** What a POSIX shell gives to a program: the words, after a mark that keeps the program itself from being run. */
function wordsOfShell(command: string): string[] {
  const given = execFileSync("sh", ["-c", `printf '%s\\0' - ${command}`]);
  return given.toString("latin1").split("\0").slice(1, -1);
}

const latin1 = (text: string): string => Buffer.from(text).toString("latin1");

it.each([
  ["python manage.py qcluster", ["python", "manage.py", "qcluster"]],
  ["  celery  --app\tconfig worker ", ["celery", "--app", "config", "worker"]],
  [`sh -c 'a | b > "$HOME"'`, ["sh", "-c", 'a | b > "$HOME"']],
  [`x --name="two words" ''`, ["x", "--name=two words", ""]],
  [String.raw`x a\ b "\$5 \n" \'`, ["x", "a b", String.raw`$5 \n`, "'"]],
  ["x {a,b} --level=+1%", ["x", "{a,b}", "--level=+1%"]],
])("%s is the words %j", (command, words) => {
  expect(command).toMatch(COMMAND);
  expect(wordsOf(command)).toEqual(words);
});

it.each([
  ["nothing", ""],
  ["blanks", " \t"],
  ["no program", "'' x"],
  ["a quote that is open", "x 'a"],
  ["a double quote that is open", 'x "a'],
  ["a backslash at the end", "x \\"],
  ["a variable", "x $HOME"],
  ["a variable in double quotes", 'x "$HOME"'],
  ["a command in a command", "x `id`"],
  ["a pipe", "x | y"],
  ["two commands", "x && y"],
  ["two lines", "x\ny"],
  ["a redirection", "x > y"],
  ["a pattern of file names", "x *.py"],
  ["a home folder", "x ~/a"],
  ["a comment", "x # y"],
  ["NUL", "x '\0'"],
])("%s is no command", (_what, command) => expect(command).not.toMatch(COMMAND));

it("is split as a POSIX shell splits it", () => {
  const commands = fc.stringMatching(new RegExp(COMMAND.source.replace(/\(\?!.*?\)\)/, "")));
  fc.assert(
    fc.property(
      commands.filter((command) => COMMAND.test(command)),
      (command) => {
        expect(wordsOf(command).map(latin1)).toEqual(wordsOfShell(command));
      },
    ),
    { numRuns: repetitions(200) },
  );
});
