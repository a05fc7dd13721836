import fc from "fast-check";
import { isEnvironmentCall } from "../../../config/python/module";
import { statementsOf } from "../../../config/python/tokens";
import { evaluate } from "../../../config/python/evaluator";
import type { Value } from "../../../config/python/value";
import { repetitions } from "../../support/repetitions";

const names = new Map<string, Value>([
  ["BASE_DIR", { text: "/app" }],
  ["NAME", { text: "static" }],
  ["DEBUG", {}],
]);

/** The value of an expression in /app/config/settings/base.py. */
function valueOf(expression: string): Value {
  const tokens = statementsOf(expression).flatMap((statement) => [...statement.tokens]);
  const value = evaluate(tokens, {
    file: "/app/config/settings/base.py",
    names,
    readsEnvironment: isEnvironmentCall,
  });
  return JSON.parse(JSON.stringify(value)) as Value;
}

describe("evaluate", () => {
  test.each([
    [`BASE_DIR / "staticfiles"`, "/app/staticfiles"],
    [`BASE_DIR / "a" / 'b'`, "/app/a/b"],
    [`os.path.join(BASE_DIR, "a", "b")`, "/app/a/b"],
    [`join(BASE_DIR, '..', 'media')`, "/media"],
    [`os.path.join(BASE_DIR, "/vol/media")`, "/vol/media"],
    [`Path(__file__).resolve().parent.parent.parent`, "/app"],
    [`Path(__file__).resolve(strict=True).parents[2]`, "/app"],
    [`pathlib.Path(__file__).absolute().parent`, "/app/config/settings"],
    [`os.path.dirname(os.path.dirname(os.path.abspath(__file__)))`, "/app/config"],
    [`os.path.dirname(os.path.dirname(os.path.dirname(\n  os.path.realpath(__file__))))`, "/app"],
    [`environ.Path(__file__) - 3`, "/app"],
    [`str(BASE_DIR("staticfiles"))`, "/app/staticfiles"],
    [`BASE_DIR.path("a")`, "/app/a"],
    [`BASE_DIR.child("public", "a")`, "/app/public/a"],
    [`Path(__file__).ancestor(2)`, "/app/config"],
    [`str(BASE_DIR.joinpath("media")) + "/"`, "/app/media/"],
    [`f"{BASE_DIR}/{NAME}"`, "/app/static"],
    [`"/sta" 'tic/'`, "/static/"],
    [`("/static/")`, "/static/"],
    [`Path("/srv", "media")`, "/srv/media"],
    [`BASE_DIR.parent / "x"`, "/x"],
  ])("%s is %s", (expression, text) => {
    expect(valueOf(expression)).toEqual({ text });
  });

  test.each<[string, Value]>([
    [`os.environ["KEY"]`, { variable: "KEY" }],
    [`os.environ.get("KEY", "x")`, { variable: "KEY", text: "x" }],
    [`os.getenv("KEY") or "x"`, { variable: "KEY", text: "x" }],
    [`env.str("KEY", default="x")`, { variable: "KEY", text: "x" }],
    [`env.bool("KEY", True)`, { variable: "KEY", flag: true }],
    [`config("KEY", default=False, cast=bool)`, { variable: "KEY", flag: false }],
    [`os.environ.get("KEY", "True").lower() == "true"`, { variable: "KEY", flag: true }],
    [`os.environ.get("KEY", "0") in ("1", "true")`, { variable: "KEY", flag: false }],
    [`"x" if DEBUG else os.getenv("KEY")`, { text: "x", variable: "KEY" }],
    [`bool(int(os.environ.get("KEY", 0)))`, { variable: "KEY" }],
    [`os.path.join(os.environ.get("KEY", "/srv"), "media")`, { variable: "KEY", text: "/srv/media" }],
  ])("%s is %j", (expression, value) => {
    expect(valueOf(expression)).toEqual(value);
  });

  test.each<[string, Value]>([
    [`["a", 'b',]`, { items: [{ text: "a" }, { text: "b" }] }],
    [`("a",)`, { items: [{ text: "a" }] }],
    [`[]`, { items: [] }],
    [
      `os.environ.get("HOSTS", "a,b").split(",")`,
      { items: [{ text: "a" }, { text: "b" }], variable: "HOSTS", separator: ",", text: undefined },
    ],
    [`os.environ.get("HOSTS").split(" ")`, { variable: "HOSTS", separator: " " }],
    [
      `config("HOSTS", cast=lambda v: [s.strip() for s in v.split(",")])`,
      { variable: "HOSTS", separator: "," },
    ],
    [`config("HOSTS", cast=Csv())`, { variable: "HOSTS", separator: "," }],
    [`env.list("HOSTS")`, { variable: "HOSTS", separator: "," }],
    [`["a"] + env.list("HOSTS", default=[])`, { items: [{ text: "a" }], variable: "HOSTS", separator: "," }],
  ])("%s is %j", (expression, value) => {
    expect(valueOf(expression)).toEqual(JSON.parse(JSON.stringify(value)));
  });

  test.each([
    `compute(BASE_DIR)`,
    `UNKNOWN / "static"`,
    `f"{compute()}/static"`,
    `BASE_DIR.name`,
    `",".join(["a"])`,
    `lambda x: x`,
    `{"a": 1}`,
    `[x for x in y][0]`,
    `Path(__file__).parents[99]`,
    ``,
  ])("nothing is known of %j", (expression) => {
    expect(valueOf(expression)).toEqual({});
  });

  test("takes any tokens and any depth", () => {
    const word = fc.constantFrom(
      ..."( ) [ ] { } . , + - / * if else not in or and lambda env BASE_DIR join 'x' 3 == =".split(" "),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        expect(typeof valueOf(words.join(" "))).toBe("object");
      }),
      { numRuns: repetitions(3000) },
    );
    for (const nasty of ["(", "not ", "a if b else ", "f(", "-", "[", "BASE_DIR / ", "a.", "'x' "]) {
      expect(typeof valueOf(nasty.repeat(50_000))).toBe("object");
    }
  });
});
