import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { inspectProject } from "../../../../config/project";
import { UNKNOWN } from "../../../../config/project/production/known";
import type { Switch } from "../../../../config/project/production/switch";
import { projectOf, removeProjects, startproject } from "../../../support/project";
import { repetitions } from "../../../support/repetitions";

afterEach(removeProjects);

function debugOf(settings: string, environment: Record<string, string | typeof UNKNOWN> = {}): Switch {
  const folder = projectOf(startproject(settings));
  const { place, ...debug } = inspectProject(folder, {
    environment: new Map(Object.entries(environment)),
  }).debug;
  expect(place === undefined || place.file === "site/settings.py").toBe(true);
  return debug;
}

function python(program: string): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync("python3", ["-c", program], { encoding: "utf8" });
  return { status, stderr };
}

const off = (variable: string, value: string): Switch => ({ on: true, off: { variable, value } });

describe("DEBUG that is on by default", () => {
  it.each([
    [`DEBUG = os.environ.get("DEBUG", "True") == "True"`, off("DEBUG", "False")],
    [`DEBUG = os.getenv("DJANGO_DEBUG", "1") == "1"`, off("DJANGO_DEBUG", "False")],
    [`DEBUG = os.environ.get("DEBUG", "true").lower() in ("1", "true", "yes")`, off("DEBUG", "False")],
    [`DEBUG = os.environ.get("DEBUG", "True").lower() not in {"0", "false"}`, off("DEBUG", "False")],
    [`DEBUG = os.environ.get("DEBUG", "on") != "off"`, off("DEBUG", "off")],
    [`DEBUG = int(os.getenv("DEBUG", 1))`, off("DEBUG", "0")],
    [`DEBUG = bool(int(os.environ.get("DEBUG", "1")))`, off("DEBUG", "0")],
    [`DEBUG = bool(os.environ.get("DEBUG", "True"))`, off("DEBUG", "")],
    [`DEBUG = os.environ.get("DEBUG", True)`, off("DEBUG", "")],
    [`DEBUG = env.bool("DEBUG", default=True)`, off("DEBUG", "False")],
    [`DEBUG = env.bool("DEBUG", True)`, off("DEBUG", "False")],
    [`env = environ.Env(DEBUG=(bool, True))\nDEBUG = env("DEBUG")`, off("DEBUG", "False")],
    [`DEBUG = env("DEBUG", default=True)`, off("DEBUG", "False")],
    [`DEBUG = config("DEBUG", default=True, cast=bool)`, off("DEBUG", "False")],
    [`DEBUG = config("DEBUG", cast=bool, default="yes")`, off("DEBUG", "False")],
    [`DEBUG = strtobool(os.getenv("DEBUG", "yes"))`, off("DEBUG", "False")],
    [`DEBUG = json.loads(os.environ.get("DEBUG", "true"))`, off("DEBUG", "0")],
    [`DEBUG = ast.literal_eval(os.environ.get("DEBUG", "True"))`, off("DEBUG", "False")],
    [`DEBUG = True if os.environ.get("DEBUG", "x") else False`, off("DEBUG", "")],
    [`D = os.environ.get("DEBUG", "True")\nDEBUG = D == "True"`, off("DEBUG", "False")],
    [`DEBUG = TEMPLATE_DEBUG = os.getenv("DEBUG", "1") == "1"`, off("DEBUG", "False")],
    [`DEBUG: bool = os.getenv("DEBUG", "1") == "1"`, off("DEBUG", "False")],
    [`DEBUG = "NO_DEBUG" not in os.environ`, off("NO_DEBUG", "False")],
    [`DEBUG = not os.environ.get("PRODUCTION")`, off("PRODUCTION", "False")],
    [`DEBUG = os.environ.get("ENVIRONMENT", "dev") != "production"`, off("ENVIRONMENT", "production")],
    [
      `if os.environ.get("STAGE", "dev") == "live":\n    DEBUG = False\nelse:\n    DEBUG = True`,
      off("STAGE", "live"),
    ],
    [`DEBUG = True\nif os.environ.get("STAGE") == "live":\n    DEBUG = False`, off("STAGE", "live")],
    [
      `def flag(name, default):\n    return os.environ.get(name, default) == "True"\nDEBUG = flag("DEBUG", "True")`,
      off("DEBUG", "False"),
    ],
    [`DEBUG = True`, { on: true }],
    [`DEBUG = 1`, { on: true }],
    [`DEBUG = "False"`, { on: true }],
    [`DEBUG = not False`, { on: true }],
  ])("is turned off: %s", (settings, expected) => {
    expect(debugOf(settings)).toEqual(expected);
  });
});

describe("DEBUG that is off by default", () => {
  it.each([
    [`DEBUG = False`],
    [`DEBUG = os.environ.get("DEBUG") == "True"`],
    [`DEBUG = os.environ.get("DEBUG", False)`],
    [`DEBUG = os.environ.get("DEBUG")`],
    [`DEBUG = bool(os.environ.get("DEBUG", ""))`],
    [`DEBUG = "DEBUG" in os.environ`],
    [`DEBUG = "DATABASE_URL" not in os.environ`],
    [`DEBUG = config("DEBUG", default=False, cast=bool)`],
    [`env = environ.Env(DEBUG=(bool, False))\nDEBUG = env("DEBUG")`],
    [`if os.environ.get("DEV"):\n    DEBUG = True\nelse:\n    DEBUG = False`],
    [`DEBUG = False\nclass Other:\n    DEBUG = True\ndef f():\n    DEBUG = True`],
    [``],
  ])("is left alone, since a text like False would turn it on: %s", (settings) => {
    expect(debugOf(settings, { DATABASE_URL: UNKNOWN })).toEqual({ on: false });
  });
});

describe("what the text does not tell", () => {
  it.each([
    [`DEBUG = compute()`],
    [`DEBUG = sys.argv[1] == "x"`],
    [`from elsewhere import DEBUG`.concat(`\nDEBUG = DEBUG or g()`)],
  ])("is left to migrate: %s", (settings) => {
    expect(debugOf(settings).on).toBeUndefined();
  });

  it("is the value of a variable in .env", () => {
    expect(debugOf(`DEBUG = os.environ.get("DEBUG", "True") == "True"`, { DEBUG: UNKNOWN })).toEqual({});
  });

  it("is no longer on when the user's environment says so", () => {
    const settings = `DEBUG = os.environ.get("DEBUG", "True") == "True"`;
    expect(debugOf(settings, { DEBUG: "0" })).toEqual({ on: false });
    expect(debugOf(settings, { DEBUG: "True" })).toEqual({
      on: true,
      by: { variable: "DEBUG", value: "True" },
    });
  });
});

it("never takes a value for one that turns DEBUG off unless Python agrees", () => {
  const texts = fc.constantFrom("True", "False", "1", "0", "", "yes", "off");
  const expression = fc.letrec<{ e: string }>((tie) => ({
    e: fc.oneof(
      { depthSize: "small" },
      texts.map((text) => `os.environ.get("DEBUG", "${text}")`),
      texts.map((text) => `"${text}"`),
      fc.constantFrom("True", "False", "None", "1", "0"),
      fc
        .tuple(tie("e"), fc.constantFrom("==", "!=", "or", "and"), tie("e"))
        .map((parts) => `(${parts.join(" ")})`),
      tie("e").map((inner) => `(not ${inner})`),
      tie("e").map((inner) => `bool(${inner})`),
      fc.tuple(tie("e"), tie("e"), tie("e")).map(([a, b, c]) => `(${a} if ${b} else ${c})`),
      fc.tuple(tie("e"), tie("e")).map(([a, b]) => `(${a} in (${b}, "x"))`),
    ),
  })).e;
  const expressions = fc.sample(expression, repetitions(150));
  const found = expressions.map((text) => debugOf(`DEBUG = ${text}`));
  const program = expressions
    .map((text, index) => {
      const { on, off: turned } = found[index] ?? {};
      return `check(${JSON.stringify(text)}, ${on === undefined ? "None" : on ? "True" : "False"}, ${turned ? JSON.stringify(turned.value) : "None"})`;
    })
    .join("\n");
  const { status, stderr } = python(`
import os
def check(text, on, off):
    os.environ.pop("DEBUG", None)
    if on is not None and bool(eval(text)) != on:
        raise SystemExit(f"{text} is {not on}")
    if off is not None:
        os.environ["DEBUG"] = off
        if eval(text):
            raise SystemExit(f"{text} is on with {off!r}")
${program}
`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

describe("other switches", () => {
  it("are looked at with DEBUG off, as it will be", () => {
    const facts = inspectProject(
      projectOf(
        startproject(`DEBUG = os.environ.get("DEBUG", "1") == "1"
SECURE_SSL_REDIRECT = not DEBUG
SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_SECURE = os.environ.get("SECURE", "0") == "1"`),
      ),
    );
    expect(facts.sslRedirect).toMatchObject({ on: true });
    expect(facts.sslRedirect.off).toBeUndefined();
    expect(facts.secureCookies).toEqual(["SESSION_COOKIE_SECURE"]);
  });
});
