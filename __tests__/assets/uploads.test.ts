import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pythonPackages } from "../support/python-packages";

jest.setTimeout(300_000);

const IMAGE = resolve(__dirname, "../../assets/image/python");

/** What was waited for: a path, and the size that a file had then. */
type Synced = readonly [path: string, size: number | null];
type Saves = Record<string, { readonly saved: string; readonly synced: readonly Synced[] }>;

/** Python's start in the image, where deployment.pth loads the module. */
const START = `import deployment_uploads.start, runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name="__main__")`;

function saves(): Saves {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "uploads-")));
  try {
    const { status, stdout, stderr } = spawnSync(
      join(pythonPackages(), "python3"),
      ["-c", START, join(__dirname, "support", "save.py"), folder],
      { encoding: "utf8", env: { PYTHONPATH: IMAGE, PYTHONDONTWRITEBYTECODE: "1" } },
    );
    expect([status, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout) as Saves;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("an upload is on the disk before save() returns", () => {
  let all: Saves;
  beforeAll(() => {
    all = saves();
  });

  it.each([
    [
      "a small file, and the folders that may be new",
      "small",
      "2026/11/a.txt",
      [
        ["media/2026/11/a.txt", 5],
        ["media/2026/11", null],
        ["media/2026", null],
        ["media", null],
      ],
    ],
    [
      "a large file that Django moves from its temporary place",
      "moved",
      "b.txt",
      [
        ["media/b.txt", 5],
        ["media", null],
      ],
    ],
    [
      "a file in a storage class of the project's own",
      "own",
      "own-c.txt",
      [
        ["media/own-c.txt", 3],
        ["media", null],
      ],
    ],
    [
      "a file in a storage with a place of its own",
      "elsewhere",
      "d.txt",
      [
        ["private/d.txt", 7],
        ["private", null],
      ],
    ],
  ] as const)("%s", (_what, kind, saved, synced) => {
    expect(all[kind]?.saved).toBe(saved);
    expect(all[kind]?.synced.filter(([path]) => path !== ".")).toEqual(synced);
  });

  it("of two uploads with one name each is waited for under the name that it got", () => {
    const { saved = "", synced = [] } = all["taken"] ?? {};
    expect(saved).toMatch(/^2026\/11\/a_\w{7}\.txt$/);
    expect(synced[0]).toEqual([`media/${saved}`, 7]);
  });

  it("a file that the disk refuses is an error, and is left behind by nobody", () => {
    expect(all["refused"]?.saved).toBe("OSError []");
  });

  it("a file system that can't wait for a folder loses no upload by that", () => {
    expect(all["closed"]?.saved).toBe("closed/g.txt");
    expect(all["closed"]?.synced[0]).toEqual(["media/closed/g.txt", 6]);
  });

  it("nobody waits for static files, which each release makes again", () => {
    expect(all["static"]).toEqual({ saved: "e.css", synced: [] });
  });
});
