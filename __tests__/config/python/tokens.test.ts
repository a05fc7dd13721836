import fc from "fast-check";
import { nestingOf, statementsOf } from "../../../config/python/tokens";
import { repetitions } from "../../support/repetitions";

/** Text of all tokens, statement by statement. */
function textsOf(text: string): string[][] {
  return statementsOf(text).map(({ tokens }) => tokens.map((token) => token.text));
}

describe("statementsOf", () => {
  test("a statement goes on to the end of its brackets", () => {
    expect(textsOf("A = [\n  1,  # one\n\n  2,\n]\nB = 3")).toEqual([
      ["A", "=", "[", "1", ",", "2", ",", "]"],
      ["B", "=", "3"],
    ]);
  });

  test("a backslash and a semicolon do what they do in Python", () => {
    expect(textsOf("A = 1 + \\\n  2; B = 3")).toEqual([
      ["A", "=", "1", "+", "2"],
      ["B", "=", "3"],
    ]);
  });

  test.each([
    [`'it''s'`, ["it", "s"]],
    [`"a # no comment"`, ["a # no comment"]],
    [`"""two\nlines "quoted" here"""`, [`two\nlines "quoted" here`]],
    [`'a\\'b'`, ["a'b"]],
    [`r'a\\nb'`, ["a\\nb"]],
    [`Rb"x"`, ["x"]],
    [`"never closed\nB`, ["never closed", "B"]],
    [`'''never closed\nB`, ["never closed\nB"]],
  ])("string %j", (text, expected) => {
    expect(textsOf(text).flat()).toEqual(expected);
  });

  test("knows what is executed always, perhaps, and in functions only", () => {
    const text = [
      "a = 1",
      "if DEBUG:",
      "    b = 2",
      "    def f():",
      "        if c:",
      "            c = 3",
      "    d = 4",
      "async def g():",
      "    e = 5",
      "class H:",
      "",
      "  # a comment",
      "    f = 6",
      "g = 7",
    ].join("\n");
    const blocks = statementsOf(text).filter(({ tokens }) => tokens[1]?.text === "=");
    expect(blocks.map(({ tokens, block }) => `${tokens[0]?.text ?? ""} ${block}`)).toEqual([
      "a always",
      "b perhaps",
      "c function",
      "d perhaps",
      "e function",
      "f perhaps",
      "g always",
    ]);
  });

  test("takes any text, in time that is linear in its length", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc
        .array(fc.constantFrom("'", '"', "(", ")", "\\", "\n", "#", "'''", '"""', " ", "a", ":", "def"), {
          maxLength: 200,
        })
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(anything, (text) => {
        for (const { tokens } of statementsOf(text)) expect(tokens.length).toBeGreaterThan(0);
      }),
      { numRuns: repetitions(2000) },
    );
    for (const nasty of ['"""', "'", "(", "\\", "a:\n ", "f'"]) {
      const start = performance.now();
      statementsOf(nasty.repeat(100_000));
      expect(performance.now() - start).toBeLessThan(3000);
    }
  });

  test("brackets count, brackets in strings don't", () => {
    const [statement] = statementsOf("f('(')");
    expect(statement?.tokens.map(nestingOf)).toEqual([0, 1, 0, -1]);
  });
});
