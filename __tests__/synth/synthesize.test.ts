import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { guestbook, guestbookInDevelopment, ROOT } from "../support/guestbook";
import { filesBelow, folderWith, programFolder, synthesized, temporaryFolder } from "../support/synthesis";

describe("synthesize", () => {
  /** A copy of the program and of a project at another place. */
  function elsewhere(name: string): { root: string; folder: string } {
    const root = join(temporaryFolder(), name);
    mkdirSync(root);
    cpSync(join(ROOT, "assets"), join(root, "assets"), { recursive: true });
    cpSync(guestbook.project.folder, join(root, "examples", "guestbook"), { recursive: true });
    return { root, folder: join(root, "examples", "guestbook") };
  }

  it.each([
    ["production", guestbook],
    ["development", guestbookInDevelopment],
  ])("writes the same bytes at any place (%s)", (_profile, deployment) => {
    const [one, two] = ["a", "quite another place"].map((name) => {
      const { root, folder } = elsewhere(name);
      const project = { ...deployment.project, folder };
      return synthesized({ ...deployment, project }, { root }).files();
    });
    expect([...(one ?? [])].map(([path, bytes]) => [path, bytes.toString("latin1")])).toEqual(
      [...(two ?? [])].map(([path, bytes]) => [path, bytes.toString("latin1")]),
    );
  });

  it("writes the same bytes at any time, and into a folder that has an older synth in it", () => {
    const root = programFolder();
    synthesized({ ...guestbookInDevelopment, name: "other" }, { root });
    const second = synthesized(guestbook, { root }).files();
    jest.useFakeTimers({ now: new Date("2031-01-01") });
    const third = synthesized(guestbook).files();
    jest.useRealTimers();
    expect(third).toEqual(second);
  });

  it("writes no path of this machine", () => {
    const synthesis = synthesized(guestbook);
    for (const [path, bytes] of synthesis.files()) {
      if (path.startsWith("application/context") || path.startsWith("application/assets")) continue;
      expect(bytes.toString()).not.toContain(ROOT);
      expect(bytes.toString()).not.toContain(synthesis.folder);
    }
  });

  it("copies the assets that containers get, byte for byte", () => {
    const copies = filesBelow(join(synthesized(guestbook).folder, "application", "assets"));
    expect(copies.size).toBeGreaterThan(3);
    const assets = filesBelow(join(ROOT, "assets"));
    for (const [path, bytes] of copies) expect(bytes).toEqual(assets.get(path));
  });

  it("makes another image when a byte of the project changes", () => {
    const projectFiles = { requirements: ["requirements.txt"], projectFiles: ["manage.py"] };
    const [one, two] = ["print(1)", "print(2)"].map((text) => {
      const folder = folderWith({ "manage.py": text, "requirements.txt": "Django" });
      const deployment = { ...guestbook, project: { ...guestbook.project, folder } };
      return synthesized(deployment, { projectFiles }).stack("local").resource?.["docker_image"]?.[
        "web_image"
      ]?.["name"];
    });
    expect(one).toMatch(/^guestbook-web:[0-9a-f]{12}$/);
    expect(two).not.toBe(one);
  });

  it("puts no secret of the user's into what it writes", () => {
    const secret = "plainly-visible-secret";
    const envFile = { path: join(folderWith({ ".env": `KEY=${secret}\n` }), ".env"), hash: "abc" };
    const { files } = synthesized({ ...guestbook, project: { ...guestbook.project, envFile } });
    expect([...files()].filter(([, bytes]) => bytes.includes(secret)).map(([path]) => path)).toEqual([]);
  });
});
