import { basename, join } from "node:path";
import { firstLine, lint, lintersFolder, repositoryFiles } from "../support/repository";

const files = repositoryFiles();
const isShell = (path: string): boolean =>
  path.endsWith(".sh") ||
  /^#!.*\b(sh|bash)$/.test(firstLine(path)) ||
  firstLine(path).startsWith("# shellcheck shell=");
const scripts = files.filter((path) => !path.startsWith("examples/") && isShell(path));
const dockerfiles = files.filter((path) => basename(path) === "Dockerfile");

let linters = "";
beforeAll(() => {
  linters = lintersFolder();
}, 300_000);

describe("shellcheck finds nothing in", () => {
  it("the scripts that are read here, the important ones among them", () =>
    expect(scripts).toEqual(
      expect.arrayContaining([
        ".ci/run",
        "tools/offline/images/mariadb/entrypoint",
        "assets/deploy/runner/context",
        "assets/deploy/runner/lib.sh",
        "assets/host/firewall",
        "assets/host/lib/data-volume.sh",
        "assets/host/prepare-host",
        "assets/image/bin/health",
        "assets/image/lib/hand-over.sh",
        "assets/nginx/apply.sh",
        "tools/lib/library.sh",
        "tools/setup",
        "tools/test",
      ]),
    ));

  it.each(scripts)("%s", (path) =>
    expect(lint("shellcheck", "--external-sources", "--source-path=SCRIPTDIR", path)).toBe(""),
  );
});

describe("hadolint finds nothing in", () => {
  it("the Dockerfiles that are read here, the application's among them", () =>
    expect(dockerfiles).toContain("assets/image/Dockerfile"));

  it.each(dockerfiles)("%s", (path) => expect(lint(join(linters, "hadolint"), path)).toBe(""));
});

/** Python that runs on hosts, and its tests; the application's images have older versions. */
const PYTHON = [
  "assets/deploy/host/release",
  "assets/deploy/host/release_program",
  "assets/host/door",
  "assets/host/restrict-key",
  "rehearsal/host/kill_at_step.py",
  "__tests__/assets/release_program",
];

describe("ruff finds nothing in the release program and its tests", () => {
  const ruff = (...words: string[]): string =>
    lint(join(linters, "ruff"), ...words, "--no-cache", "--config=tools/python/ruff.toml", ...PYTHON);

  it("to mend", () => expect(ruff("check", "--quiet")).toBe(""));

  it("to lay out otherwise", () => expect(ruff("format", "--quiet", "--diff")).toBe(""));
});

describe("mypy finds nothing in the types of", () => {
  const paths = ["assets/deploy/host", "__tests__/assets/release_program"];
  const mypy = (...words: string[]): string =>
    lint("env", `MYPYPATH=${paths.join(":")}`, join(linters, "mypy"), ...OPTIONS, ...words);
  const OPTIONS = ["--strict", "--python-version=3.10", "--cache-dir=/dev/null", "--no-error-summary"];

  it("the release program", () => expect(mypy("--package=release_program")).toBe(""), 300_000);

  it(
    "its entry, and what kills it in a rehearsal",
    () =>
      expect(mypy("--scripts-are-modules", ...PYTHON.filter((path) => !path.endsWith("_program")))).toBe(""),
    300_000,
  );

  it("its tests", () => expect(mypy("__tests__/assets/release_program")).toBe(""), 300_000);
});
