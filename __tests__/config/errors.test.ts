import { DeploymentError, describeProblem, showValue } from "../../config/errors";

it("says place, value, expectation and fix of one problem", () => {
  expect(describeProblem({ place: "a.b", value: "3", expected: "4", fix: "write 4" })).toBe(
    "✗ a.b is 3\n    expected: 4\n    to do:    write 4",
  );
});

it("says that what has no value is missing, and leaves out a fix that there isn't", () => {
  expect(describeProblem({ place: "Docker", expected: "an engine" })).toBe(
    "✗ Docker is missing\n    expected: an engine",
  );
});

it("shows what another program said without what would steer a terminal, and no line without end", () => {
  const said = [
    "\u001b[1;31mred\u001b[0m",
    "\u001b]0;title\u0007text",
    " 10 %\r100 %\r",
    "a\tb\u0000\u0008",
    "x".repeat(1000),
  ];
  const shown = ["red", "text", "100 %", "a    b", `${"x".repeat(300)}…`];
  const message = describeProblem({ place: "a", expected: "b", log: said, shown: said });
  const lines = message.split("\n").filter((line) => line.startsWith("      | "));
  expect(lines).toEqual([...shown, ...shown].map((line) => `      | ${line}`));
});

it("puts all problems into one error, in their order", () => {
  const problems = ["b", "a"].map((place) => ({ place, expected: "x" }));
  const error = new DeploymentError(problems);
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe("DeploymentError");
  expect(error.problems).toBe(problems);
  expect(error.message).toBe("✗ b is missing\n    expected: x\n✗ a is missing\n    expected: x");
});

it.each<[unknown, string]>([
  ["a\n\u001b[31mb", '"a\\n\\u001b[31mb"'],
  [{ a: { b: { c: 1 } }, d: [1, "x"] }, "{ a: { b: [Object] }, d: [ 1, 'x' ] }"],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  [-0, "-0"],
  [Symbol("a"), "Symbol(a)"],
  [() => 1, "a function"],
  [undefined, "undefined"],
])("shows a value in one line, without what would steer a terminal", (value, shown) => {
  expect(showValue(value)).toBe(shown);
});

it("shortens a long value", () => {
  expect(showValue("x".repeat(1000))).toBe(`"${"x".repeat(76)}...`);
  expect(showValue(Array.from({ length: 1000 }, () => "x".repeat(50)))).toHaveLength(80);
});

it("runs nothing of a value that it shows", () => {
  const ran: string[] = [];
  const value = {
    get getter() {
      return ran.push("getter");
    },
    toString: () => String(ran.push("toString")),
    toJSON: () => ran.push("toJSON"),
    [Symbol.for("nodejs.util.inspect.custom")]: () => ran.push("inspect"),
  };
  expect(showValue(value)).toContain("getter: [Getter]");
  expect(showValue(new Proxy(value, { get: () => ran.push("trap") }))).toContain("getter");
  expect(ran).toEqual([]);
});
