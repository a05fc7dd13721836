import { type ProjectTests, testsOf } from "../../../config/project/tests";
import { ProjectTree } from "../../../config/tree/tree";
import { type ProjectFiles, projectOf, removeProjects } from "../../support/project";

afterEach(removeProjects);

const A_TEST = "def test_one():\n    assert True\n";
const DJANGO = { command: "python3 manage.py test --noinput" };
const PYTEST = { command: "python3 -m pytest" };
const CONFIGURED = { "blog/tests.py": A_TEST, "pytest.ini": "[pytest]\n" };

function found(files: ProjectFiles, pythonRoot = "."): ProjectTests | undefined {
  return testsOf(new ProjectTree(projectOf(files)), pythonRoot, "requirements.txt");
}

describe("testsOf", () => {
  test.each<[string, ProjectFiles, ProjectTests | undefined]>([
    ["an application as startapp makes it", { "blog/tests.py": "# Create your tests here.\n" }, undefined],
    ["tests of Django's", { "blog/tests.py": "class T(TestCase):\n    def test_x(self): ...\n" }, DJANGO],
    ["a folder of tests", { "blog/tests/views.py": `async ${A_TEST}` }, DJANGO],
    ["a test elsewhere", { "blog/views.py": A_TEST }, undefined],
    ["pytest among production's requirements", { ...CONFIGURED, "requirements.txt": "pytest==8\n" }, PYTEST],
    [
      "pytest among those for tests, included",
      {
        ...CONFIGURED,
        "requirements.txt": "django\n",
        "requirements/dev.txt": "-r test.txt\n",
        "requirements/test.txt": "pytest_django\n",
      },
      { ...PYTEST, requirements: "requirements/test.txt" },
    ],
    ["pytest that no requirements file asks for", { ...CONFIGURED, "requirements.txt": "django\n" }, DJANGO],
    ["pytest that isn't configured", { "blog/tests.py": A_TEST, "requirements-dev.txt": "pytest\n" }, DJANGO],
    [
      "a pyproject.toml without pytest",
      { "blog/tests.py": A_TEST, "requirements.txt": "pytest", "pyproject.toml": "[tool.ruff]\n" },
      DJANGO,
    ],
    ...(
      [
        ["pyproject.toml", "[tool.pytest.ini_options]\n"],
        ["setup.cfg", "[metadata]\n[tool:pytest]\n"],
        ["tox.ini", "[pytest]\n"],
      ] as const
    ).map(([file, text]): [string, ProjectFiles, ProjectTests] => [
      `pytest configured in ${file}`,
      { "blog/blog_test.py": A_TEST, [file]: text, "requirements.txt": "pytest" },
      PYTEST,
    ]),
  ])("%s", (_name, files, expected) => expect(found(files)).toEqual(expected));

  test("looks beside manage.py and on top of the project", () => {
    const files = {
      "src/blog/test_views.py": A_TEST,
      "pyproject.toml": "[tool.pytest.ini_options]\n",
      "src/requirements-dev.txt": "pytest\n",
    };
    expect(found(files, "src")).toEqual({ ...PYTEST, requirements: "src/requirements-dev.txt" });
    expect(found({ ...files, "src/blog/test_views.py": "" }, "src")).toBeUndefined();
  });
});
