import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import fc from "fast-check";
import { ROOT } from "../../support/guestbook";
import { contextBySynth, writePipelineInto } from "../../support/pipeline";
import { projectOf, removeProjects } from "../../support/project";
import { repetitions } from "../../support/repetitions";
import { temporaryFolder } from "../../support/synthesis";

afterEach(removeProjects);

/** Runs the script; the folder that it has laid out. */
function contextOnRunner(project: string, env: Record<string, string> = {}): string {
  const target = join(temporaryFolder(), "context");
  execFileSync("bash", [join(project, "deploy/runner/context"), target], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  return target;
}

/** Every file and link of a folder: path → mode and bytes. */
function contents(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.flatMap((entry): [string, string][] => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(folder, path);
      const mode = (lstatSync(path).mode & 0o7777).toString(8);
      if (entry.isSymbolicLink()) return [[name, `link ${readlinkSync(path)}`]];
      return entry.isDirectory()
        ? [[name, `folder ${mode}`]]
        : [[name, `${mode} ${readFileSync(path, "latin1")}`]];
    }),
  );
}

function guestbookProject(): string {
  const folder = projectOf({});
  cpSync(join(ROOT, "examples", "guestbook"), folder, { recursive: true });
  return folder;
}

describe("the context that the runner lays out is the one that synth does", () => {
  test("for the guestbook", () => {
    const folder = guestbookProject();
    const expected = contents(contextBySynth(folder));
    writePipelineInto(folder);
    expect(contents(contextOnRunner(folder))).toEqual(expected);
    // The pipeline's own files change nothing.
    expect(contents(contextBySynth(folder))).toEqual(expected);
    expect(expected["deployment/bin/web"]).toMatch(/^755 /);
  });

  test("when GitHub's API has committed every file without its mode", () => {
    const folder = guestbookProject();
    writePipelineInto(folder);
    execFileSync("find", [join(folder, "deploy"), "-type", "f", "-exec", "chmod", "0644", "{}", "+"]);
    expect(contents(contextOnRunner(folder))).toEqual(contents(contextBySynth(folder)));
  });

  test("with links, modes, odd names, virtual environments, included requirements and any umask", () => {
    const folder = projectOf({
      "manage.py": "",
      "-n": "",
      "a b/ü\n'$x'.py": "\0\r\n",
      "env of mine/pyvenv.cfg": "",
      "env of mine/lib/x.py": "",
      "pyvenv.cfg": "on top it is no virtual environment",
      "requirements.txt":
        "-r requirements/base.txt\n -c \\\nmissing.txt\n--requirement=more.txt\n-r ../outside.txt\n",
      "requirements/base.txt": "-r ../requirements.txt\nDjango==5.2\n",
      "more.txt": "x==1\n",
    });
    chmodSync(join(folder, "manage.py"), 0o4700);
    chmodSync(join(folder, "more.txt"), 0o600);
    symlinkSync("manage.py", join(folder, "link"));
    symlinkSync("../nowhere", join(folder, "dangling"));
    symlinkSync(".", join(folder, "loop"));
    const expected = contents(contextBySynth(folder));
    expect(Object.keys(expected).filter((name) => name.startsWith("requirements"))).toHaveLength(5);
    writePipelineInto(folder);
    expect(contents(contextOnRunner(folder))).toEqual(expected);
    const previous = process.umask(0o077);
    try {
      expect(contents(contextOnRunner(folder))).toEqual(expected);
    } finally {
      process.umask(previous);
    }
  });

  const name = fc.constantFrom(
    "a",
    "b",
    "ab",
    "a.py",
    "b.md",
    "docs",
    "é",
    "[x]",
    "x{1}",
    "a+b",
    "😀",
    "A|B",
    "\\Q",
    "c$",
    "(d)",
    "^e",
  );
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
  const piece = fc.oneof(
    name,
    fc.constantFrom(
      "*",
      "**",
      "?",
      "*.py",
      "[a-b]",
      "[^a]",
      "[z-a]",
      "[[:alpha:]]",
      "[\\\\]*",
      "\\[x\\]",
      "\\a",
      "\\😀",
      "..",
      ".",
    ),
  );
  const line = fc
    .tuple(
      fc.constantFrom("", "", "!", "/", "!/", "# "),
      fc.array(piece, { minLength: 1, maxLength: 3 }),
      fc.constantFrom("", "/", " "),
    )
    .map(([before, parts, after]) => `${before}${parts.join("/")}${after}`);

  test("for made-up projects with any .dockerignore", () => {
    fc.assert(
      fc.property(
        fc.array(path, { maxLength: 14 }),
        fc.option(fc.array(line, { maxLength: 8 })),
        (paths, lines) => {
          const folder = projectOf({ "requirements.txt": "" });
          for (const one of paths) {
            try {
              mkdirSync(join(folder, one, ".."), { recursive: true });
              writeFileSync(join(folder, one), one);
            } catch {
              // A file is where the folder would be, or the other way round.
            }
          }
          if (lines !== null) writeFileSync(join(folder, ".dockerignore"), lines.join("\n"));
          const expected = contents(contextBySynth(folder));
          writePipelineInto(folder);
          expect(contents(contextOnRunner(folder))).toEqual(expected);
          rmSync(folder, { recursive: true });
        },
      ),
      { numRuns: repetitions(process.env["LONG"] === "1" ? 300 : 25) },
    );
  }, 120_000);
});

describe("the script refuses", () => {
  const failure = (project: string): string => {
    const { status, stderr } = spawnSync(
      "bash",
      [join(project, "deploy/runner/context"), join(project, "out")],
      { encoding: "utf8" },
    );
    expect(status).toBe(1);
    return stderr;
  };

  test("rules that were made from another .dockerignore", () => {
    const folder = guestbookProject();
    writePipelineInto(folder);
    writeFileSync(join(folder, ".dockerignore"), "secret\n");
    expect(failure(folder)).toContain(".dockerignore has changed since deploy/ was made from it");
    rmSync(join(folder, ".dockerignore"));
    expect(failure(folder)).toContain('run "make pipeline-files"');
  });

  test("a checkout without the requirements file", () => {
    const folder = guestbookProject();
    writePipelineInto(folder);
    rmSync(join(folder, "requirements.txt"));
    expect(failure(folder)).toContain("requirements.txt is missing");
    expect(readdirSync(folder)).not.toContain("out");
    expect(readdirSync(folder)).not.toContain("out.part");
  });
});
