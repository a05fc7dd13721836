import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TarEntry, TarEntries } from "../../../cli/data/tar-entries";
import { temporaryFolder } from "../../support/synthesis";

const LONG = `${"long".repeat(60)}.txt`;

/** A folder as an archive, as a program of the system writes it. */
function archiveOf(folder: string, ...options: string[]): Buffer {
  return execFileSync("tar", [...options, "-cf", "-", "-C", folder, "."], { maxBuffer: 64 * 1024 * 1024 });
}

/** Its entries, when it comes in pieces of a size. */
function read(archive: Buffer, size: number): { entries: TarEntry[]; texts: string[] } {
  const [entries, texts]: [TarEntry[], string[]] = [[], []];
  const reader = new TarEntries((entry, body) => {
    entries.push(entry);
    texts.push(body.toString());
  });
  for (let start = 0; start < archive.length; start += size)
    reader.write(archive.subarray(start, start + size));
  return { entries, texts };
}

describe("an archive", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "django"));
  writeFileSync(join(folder, "django", "db.opt"), "default-character-set=utf8mb4\n");
  writeFileSync(join(folder, "empty"), "");
  writeFileSync(join(folder, LONG), "é");
  writeFileSync(join(folder, "large"), "");
  truncateSync(join(folder, "large"), 3 * 1024 * 1024 + 1);

  it.each([7, 512, 1000, 1024 * 1024])("is read in pieces of %i bytes", (size) => {
    const { entries, texts } = read(archiveOf(folder, "--format=pax"), size);
    const sizes = Object.fromEntries(
      entries.map((entry) => [entry.path, entry.isFile ? entry.size : "folder"]),
    );
    expect(sizes).toEqual({
      "./": "folder",
      "./django/": "folder",
      "./django/db.opt": 30,
      "./empty": 0,
      [`./${LONG}`]: 2,
      "./large": 3 * 1024 * 1024 + 1,
    });
    expect(texts[entries.findIndex(({ path }) => path.endsWith("db.opt"))]).toBe(
      "default-character-set=utf8mb4\n",
    );
    expect(texts[entries.findIndex(({ path }) => path.endsWith(LONG))]).toBe("é");
  });

  it("tells when each file was written", () => {
    const now = Date.now() / 1000;
    for (const { modified } of read(archiveOf(folder, "--format=ustar", `--exclude=${LONG}`), 512).entries)
      expect(Math.abs(now - modified)).toBeLessThan(3600);
  });

  it("that ends in the midst of a file gives what came whole", () => {
    const archive = archiveOf(folder, "--format=pax", "--sort=name");
    const { entries } = read(archive.subarray(0, 5 * 512), 512);
    expect(entries.map(({ path }) => path)).toContain("./");
    expect(entries.map(({ path }) => path)).not.toContain("./large");
  });
});
