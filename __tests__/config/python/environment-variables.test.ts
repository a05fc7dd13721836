import { environmentVariablesOf } from "../../../config/python/environment-variables";
import { PythonModules } from "../../../config/python/module";
import { ProjectTree } from "../../../config/tree/tree";
import { projectOf, removeProjects } from "../../support/project";
import type { ProjectFiles } from "../../support/project";

afterEach(removeProjects);

/** The variables that settings.py reads; those that it needs with an exclamation mark. */
function variables(files: ProjectFiles | string): string {
  const project = typeof files === "string" ? { "settings.py": files } : files;
  const module = new PythonModules(new ProjectTree(projectOf(project)), {
    pythonRoot: ".",
    mount: "/app",
  }).read("settings");
  if (module === undefined) throw new Error("settings.py was not read");
  return environmentVariablesOf(module)
    .map(({ name, required }) => (required ? `${name}!` : name))
    .join(" ");
}

describe("environmentVariablesOf", () => {
  test.each([
    [`os.environ["A"]`, "A!"],
    [`environ["A"]`, "A!"],
    [`os.environ.get("A")`, "A"],
    [`os.getenv("A", "x")`, "A"],
    [`getenv('A')`, "A"],
    [`os.environ.get("A").split(",")`, "A!"],
    [`"x" if b else os.getenv("A")`, "A"],
    [`env("A")`, "A!"],
    [`env("A", default="x")`, "A"],
    [`env.bool("A", False)`, "A"],
    [`env.int("A")`, "A!"],
    [`config("A")`, "A!"],
    [`config("A", cast=bool)`, "A!"],
    [`config("A", cast=bool, default=True)`, "A"],
    [`"A" in os.environ`, "A"],
    [`"A" not in os.environ`, "A"],
    [`dj_database_url.config(default="sqlite:///x", conn_max_age=60)`, "DATABASE_URL"],
    [`dj_database_url.config(env="A")`, "A"],
    [`env.db()`, "DATABASE_URL!"],
    [`env.db("A", default="x")`, "A"],
    [`settings("A") or request.get("B")`, ""],
    [`f("os.environ['A']")`, ""],
  ])("%s", (expression, expected) => {
    expect(variables(`X = ${expression}`)).toBe(expected);
  });

  test("setting a variable is not reading it", () => {
    expect(variables(`os.environ["A"] = "x"\nos.environ.setdefault("B", "x")`)).toBe("");
  });

  test("what is read under a condition isn't required", () => {
    expect(variables(`if "A" in os.environ:\n    X = os.environ["A"]\nY = os.environ["B"]`)).toBe("A B!");
  });

  test("defaults that django-environ declares count", () => {
    expect(variables(`env = environ.Env(DEBUG=(bool, False))\nDEBUG = env("DEBUG")\nKEY = env("KEY")`)).toBe(
      "DEBUG KEY!",
    );
  });

  test("follows imports and names the file that reads", () => {
    const folder = projectOf({ "settings.py": "from base import *", "base.py": `A = os.environ["A"]` });
    const module = new PythonModules(new ProjectTree(folder), { pythonRoot: ".", mount: "/app" }).read(
      "settings",
    );
    expect(module && environmentVariablesOf(module)).toEqual([
      { name: "A", required: true, file: "base.py" },
    ]);
  });

  test("sees through the project's own helpers", () => {
    const files = {
      "environment.py": `def required(name):\n    return os.environ[name]\ndef flag(name):\n    return bool(os.getenv(name))`,
      "settings.py": `from environment import flag, required\nA = required("A")\nB = flag("B")`,
    };
    expect(variables(files)).toBe("A! B");
  });
});
