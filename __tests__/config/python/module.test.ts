import { PythonModules } from "../../../config/python/module";
import type { PythonModule } from "../../../config/python/module";
import { ProjectTree } from "../../../config/tree/tree";
import { projectOf, removeProjects } from "../../support/project";
import type { ProjectFiles } from "../../support/project";

afterEach(removeProjects);

function read(files: ProjectFiles, name: string, pythonRoot = "."): PythonModule | undefined {
  return new PythonModules(new ProjectTree(projectOf(files)), { pythonRoot, mount: "/app" }).read(name);
}

function textsOf(module: PythonModule | undefined): Record<string, string | undefined> {
  return Object.fromEntries([...(module?.names ?? [])].map(([name, value]) => [name, value.text]));
}

describe("PythonModules", () => {
  test("follows imports of the project's own modules, and the later definition wins", () => {
    const files = {
      "config/env.py": `BASE_DIR = Path(__file__).parent.parent`,
      "config/settings/base.py": `from config.env import BASE_DIR as ROOT, other\nA = ROOT / "a"\nB = "base"`,
      "config/settings/prod.py": `from django.conf import settings\nfrom .base import *\nB = "prod"`,
    };
    expect(textsOf(read(files, "config.settings.prod"))).toMatchObject({ A: "/app/a", B: "prod" });
  });

  test("resolves relative imports from a package's __init__ as Python does", () => {
    const files = {
      "site/settings/__init__.py": `from .dev import *`,
      "site/settings/dev.py": `from ..common import *`,
      "site/common.py": `A = "common"`,
    };
    expect(textsOf(read(files, "site.settings"))).toEqual({ A: "common" });
  });

  test("a package with hyphens is a module like any other", () => {
    const files = {
      "my-site/settings/prod.py": "from .base import *",
      "my-site/settings/base.py": `A = "a"`,
    };
    expect(textsOf(read(files, "my-site.settings.prod"))).toEqual({ A: "a" });
  });

  test("what may not be executed only fills gaps", () => {
    const text = [
      `A = "always"`,
      `if os.environ.get("X"):`,
      `    A = "perhaps"`,
      `    B = "perhaps"`,
      `    KEY = os.environ["KEY"]`,
      `def f():`,
      `    C = "never"`,
      `if v := os.getenv("V", "default"):`,
      `    D = v`,
    ].join("\n");
    const module = read({ "settings.py": text }, "settings");
    expect(textsOf(module)).toMatchObject({ A: "always", B: "perhaps", D: "default" });
    expect(module?.names.has("C")).toBe(false);
  });

  test("a conditional variable is known beside the constant that it replaces", () => {
    const module = read({ "settings.py": `KEY = "x"\nif a:\n    KEY = os.environ["KEY"]` }, "settings");
    expect(module?.names.get("KEY")).toEqual({ text: "x", variable: "KEY" });
  });

  test("annotations and additions are assignments", () => {
    const module = read({ "settings.py": `A: list[str] = ["a"]\nA += ["b"]\nB == "c"` }, "settings");
    expect(module?.names.get("A")?.items).toEqual([{ text: "a" }, { text: "b" }]);
    expect([...(module?.names.keys() ?? [])]).toEqual(["A"]);
  });

  test("finds the project's own helpers around the environment", () => {
    const text = [
      `def required(name):`,
      `    value = os.environ.get(name)`,
      `    if not value:`,
      `        raise ImproperlyConfigured(name)`,
      `    return value`,
      `def flag(name, default=False):`,
      `    return os.getenv(name, default)`,
      `def unrelated(name):`,
      `    return name`,
    ].join("\n");
    expect([...(read({ "environment.py": text }, "environment")?.readers ?? [])]).toEqual([
      ["required", { raises: true }],
      ["flag", { raises: false }],
    ]);
  });

  test("modules that import each other end", () => {
    const files = { "a.py": `from b import *\nA = "a"`, "b.py": `from a import *\nB = "b"` };
    expect(textsOf(read(files, "a"))).toEqual({ A: "a", B: "b" });
  });

  test("a long chain of imports ends", () => {
    const files = Object.fromEntries(
      Array.from({ length: 500 }, (_none, index) => [
        `m${index}.py`,
        `from m${index + 1} import *\nM${index} = "x"`,
      ]),
    );
    expect(read(files, "m0")?.names.has("M0")).toBe(true);
  });

  test("a missing module is none", () => {
    expect(read({ "a.py": "" }, "b")).toBeUndefined();
    expect(read({ "src/a.py": "" }, "a", "src")?.file).toBe("src/a.py");
  });
});
