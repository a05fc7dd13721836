import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pythonPackages } from "../support/python-packages";

jest.setTimeout(300_000);

const IMAGE = resolve(__dirname, "../../assets/image/python");

/** The lines that the search prints, when so many rows name whole files. */
function search(whole: number, seconds = 60): string[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "missing-")));
  try {
    const { status, stdout, stderr } = spawnSync(
      join(pythonPackages(), "python3"),
      [join(__dirname, "support", "missing_files.py"), folder, String(whole), String(seconds)],
      { encoding: "utf8", env: { PYTHONPATH: IMAGE, PYTHONDONTWRITEBYTECODE: "1" } },
    );
    expect([status, stderr]).toEqual([0, ""]);
    return stdout.trim().replaceAll(folder, "MEDIA").split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the search for files that rows name and that are lost", () => {
  it("names each row of each model whose file is missing, empty or elsewhere, the newest first; the rest is left alone", () => {
    expect(search(3)).toEqual([
      expect.stringMatching(/^missing-files: shop\.Photo 5, image: \.\.\/outside can't be looked at: /),
      "missing-files: shop.Photo 4, image: gone is missing",
      "missing-files: shop.Photo 4, thumbnail: empty is empty",
      "missing-files: shop.Portrait 6, scan: lost is missing",
      "missing-files: 4 of 8 files are missing or empty; every row was looked at",
      "status 3, 2 pages",
    ]);
  });

  it("holds a thousand rows at once, however many there are", () => {
    expect(search(2500).slice(-2)).toEqual([
      "missing-files: 4 of 2505 files are missing or empty; every row was looked at",
      "status 3, 4 pages",
    ]);
  });

  it("ends when its time is up, and says so", () => {
    expect(search(3, 0)).toEqual([
      "missing-files: shop.Photo: time is up; its older rows were not looked at",
      "missing-files: shop.Portrait: time is up; its older rows were not looked at",
      "missing-files: 0 of 0 files are missing or empty; not all rows were looked at",
      "status 0, 0 pages",
    ]);
  });
});
