import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { IgnoreRules, filesForImage, ignoreRulesOf } from "../../../config/tree/ignore";
import { PIPELINE_MARK } from "../../../config/tree/pipeline-mark";
import { projectOf, removeProjects } from "../../support/project";
import { repetitions } from "../../support/repetitions";

afterEach(removeProjects);

describe("IgnoreRules", () => {
  test.each<[string, string, boolean]>([
    ["media", "media/a.png", true],
    ["media", "app/media/a.png", false],
    ["/media/", "media/a.png", true],
    ["**/media", "app/media/a.png", true],
    ["*.md", "README.md", true],
    ["*.md", "docs/README.md", false],
    ["**/*.md", "docs/README.md", true],
    ["docs/*", "docs/a/b", true],
    ["docs/**/x", "docs/a/b/x", true],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["[a-c]x", "bx", true],
    ["[^a]x", "bx", true],
    ["a.b", "aXb", false],
    ["\\*", "*", true],
    ["[z-a]", "z", false],
    [".", "a", false],
    ["..", "a", false],
    ["# a", "# a", false],
    ["*\n!app", "app/a.py", false],
    ["*\n!app", "b.py", true],
    ["docs\n!docs/README.md", "docs/README.md", false],
    ["docs\n!docs/README.md\ndocs/R*", "docs/README.md", true],
    ["  spaced  ", "spaced", true],
  ])("with %j, is %s left out: %s", (dockerignore, path, expected) => {
    expect(new IgnoreRules(dockerignore).excludes(path)).toBe(expected);
  });

  test("secrets, history, virtualenvs and local data stay out, whatever .dockerignore says", () => {
    const rules = new IgnoreRules("!**\n!.env\n!**/.git");
    for (const path of [
      ".env",
      ".env.prod",
      "app/.env",
      ".git/config",
      ".venv/bin/python",
      "app/node_modules/x.js",
      "app/__pycache__/x.pyc",
      "db.sqlite3",
      "db.sqlite3-journal",
      "terraform.tfstate.backup",
      ".deployment/state/local.tfstate",
    ]) {
      expect([path, rules.excludes(path)]).toEqual([path, true]);
    }
    for (const path of ["env/base.py", "environment.py", "app/git/x.py", "deployment/x.py"]) {
      expect([path, rules.excludes(path)]).toEqual([path, false]);
    }
  });

  test("takes any patterns and paths", () => {
    const part = fc.constantFrom(..."a b * ** ? / // ! # [ ] [a-z] [^ \\ . .. { } ( ) + | ^ $ é".split(" "));
    const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), text, (lines, path) => {
        expect(typeof new IgnoreRules(lines.join("\n")).excludes(path)).toBe("boolean");
      }),
      { numRuns: repetitions(2000) },
    );
  });
});

describe("filesForImage", () => {
  test("a project without .dockerignore gets a sound one", () => {
    const folder = projectOf({
      "manage.py": "",
      "app/views.py": "",
      "app/__pycache__/views.cpython-313.pyc": "",
      Dockerfile: "",
      "docker-compose.yml": "",
      ".github/workflows/ci.yml": "",
      "dump.sql": "",
      id_rsa: "",
      "env/pyvenv.cfg": "",
      "env/lib/x.py": "",
    });
    expect(filesForImage(folder, ignoreRulesOf(folder))).toEqual(["app/views.py", "manage.py"]);
  });

  test("an exception inside an excluded folder is found", () => {
    const folder = projectOf({ ".dockerignore": "docs\n!docs/keep", "docs/keep/a": "", "docs/drop": "" });
    expect(filesForImage(folder, ignoreRulesOf(folder))).toEqual([".dockerignore", "docs/keep/a"]);
  });

  test("what volumes take the place of stays out, but never the project itself", () => {
    const folder = projectOf({ "a.py": "", "media/u.png": "", "app/media/x.py": "", "s[1]/y": "" });
    expect(filesForImage(folder, ignoreRulesOf(folder, ["media", "s[1]"]))).toEqual([
      "a.py",
      "app/media/x.py",
    ]);
    for (const odd of [".", "", "../outside", "/srv"]) {
      expect(filesForImage(folder, ignoreRulesOf(folder, [odd]))).toHaveLength(4);
    }
  });

  test("links are files and are not followed", () => {
    const folder = projectOf({ "a/b.py": "" });
    symlinkSync(".", join(folder, "a/loop"));
    expect(filesForImage(folder, ignoreRulesOf(folder))).toEqual(["a/b.py", "a/loop"]);
  });

  test("an unreadable folder is an error, unless it is excluded", () => {
    if (process.getuid?.() === 0) {
      // root reads everything: a file in place of the folder fails for root too.
      expect(() => filesForImage(join(projectOf({ file: "" }), "file"), new IgnoreRules(undefined))).toThrow(
        "ENOTDIR",
      );
      return;
    }
    const folder = projectOf({ ".dockerignore": "" });
    mkdirSync(join(folder, "closed"));
    chmodSync(join(folder, "closed"), 0);
    expect(() => filesForImage(folder, ignoreRulesOf(folder))).toThrow("EACCES");
    expect(filesForImage(folder, new IgnoreRules("closed"))).toEqual([".dockerignore"]);
  });
});

describe("what the pipeline keeps in a project", () => {
  const FILES = {
    "a.py": "",
    ".dockerignore": "",
    "deploy/x.py": "",
    ".github/workflows/deploy.yml": "name: x\n",
  };

  test("stays out of the image when it is ours", () => {
    const folder = projectOf({
      ...FILES,
      "deploy/MANIFEST": `${PIPELINE_MARK}\n`,
      ".github/workflows/deploy.yml": `${PIPELINE_MARK}\n`,
    });
    expect(filesForImage(folder, ignoreRulesOf(folder))).toEqual([".dockerignore", "a.py"]);
  });

  test("is a part of the project when it isn't, unless one asks for the rules of the pipeline", () => {
    const folder = projectOf(FILES);
    expect(filesForImage(folder, ignoreRulesOf(folder))).toHaveLength(4);
    expect(filesForImage(folder, ignoreRulesOf(folder, [], "always"))).toEqual([".dockerignore", "a.py"]);
  });
});

test("rules are told to other programs in their order, ours last", () => {
  const rendered = new IgnoreRules("docs\n!docs/[a^\\\\b]?\n[z-a]\n..\n\\a", ["mine"]).rendered();
  expect(rendered.slice(0, 3)).toEqual(["-docs", "+docs/[a\\^\\\\\\\\b][^/]", "-a"]);
  expect(rendered.at(-1)).toBe("-mine");
});

it("names a file whose name is not UTF-8, which can be given to no program", () => {
  const folder = projectOf({ "a/ok.txt": "" });
  writeFileSync(
    Buffer.concat([Buffer.from(`${folder}/a/caf`), Buffer.from([0xe9]), Buffer.from(".txt")]),
    "",
  );
  writeFileSync(join(folder, "replaced-\uFFFD.txt"), "");

  expect(() => filesForImage(folder, ignoreRulesOf(folder))).toThrow(
    "✗ the file name a/caf\\xe9.txt in the project is not UTF-8",
  );

  writeFileSync(join(folder, ".dockerignore"), "a");
  expect(filesForImage(folder, ignoreRulesOf(folder))).toContain("replaced-\uFFFD.txt");
});
