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
