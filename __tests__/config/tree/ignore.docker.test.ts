import { execFileSync } from "node:child_process";
import { filesForImage, ignoreRulesOf } from "../../../config/tree/ignore";
import { projectOf, removeProjects } from "../../support/project";

afterEach(removeProjects);

const PATHS = [
  "a.md",
  "b.txt",
  "docs/README.md",
  "docs/deep/er/README.md",
  "docs/deep/page.txt",
  "app/a.md",
  "app/media/u.png",
  "app/views.py",
  "media/u.png",
  "x/[y]/z",
  "x/w z",
];

/** What Docker copies of a folder, by asking it. */
function copiedByDocker(folder: string): string[] {
  const tag = `django-deployment-ignore-test:${process.pid}`;
  const docker = (...args: string[]): Buffer =>
    execFileSync("docker", args, { stdio: ["ignore", "pipe", "pipe"] });
  docker("build", "--quiet", "--tag", tag, folder);
  const container = docker("create", tag, "/none").toString().trim();
  try {
    const archive = docker("export", container);
    const names = execFileSync("tar", ["--list", "--file=-"], { input: archive }).toString().split("\n");
    return names
      .filter((name) => name.startsWith("context/") && !name.endsWith("/"))
      .map((name) => name.slice(8));
  } finally {
    docker("rm", container);
    docker("rmi", tag);
  }
}

describe("filesForImage leaves out what Docker leaves out", () => {
  test.each([
    "*.md",
    "**/*.md",
    "docs",
    "docs/*\n!docs/README.md",
    "**\n!app\napp/*.md",
    "media\n!media/u.png",
    "**/media/\n/b.txt",
    "docs/**/page.txt\n?.md",
    "x/\\[y\\]\nx/w*",
    "# comment\n\n  a.md  \n[a-b].*",
    "docs/deep/../deep\n./app/./views.py",
  ])("with %j", (dockerignore) => {
    const files = Object.fromEntries(PATHS.map((path) => [path, path]));
    const own = {
      Dockerfile: "FROM scratch\nCOPY . /context/\n",
      ".dockerignore": `${dockerignore}\n!Dockerfile\n!.dockerignore\n`,
    };
    const folder = projectOf({ ...files, ...own });
    const expected = copiedByDocker(folder).sort();
    expect(expected.length).toBeGreaterThan(2);
    expect(filesForImage(folder, ignoreRulesOf(folder))).toEqual(expected);
  });
});
