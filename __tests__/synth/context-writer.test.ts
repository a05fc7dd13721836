import {
  chmodSync,
  existsSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { ContextFile } from "../../application/build-context";
import { writeBuildContext } from "../../synth/context-writer";
import { filesBelow, folderWith, temporaryFolder } from "../support/synthesis";

function filesOf(folder: string, ...paths: string[]): ContextFile[] {
  return paths.map((path) => ({ target: `app/${path}`, source: join(folder, path) }));
}

describe("writeBuildContext", () => {
  it("writes the files with the same modes whatever the user's are, and links as links", () => {
    const source = folderWith({ "manage.py": "#!/usr/bin/env python", "data.txt": "x" });
    chmodSync(join(source, "manage.py"), 0o700);
    chmodSync(join(source, "data.txt"), 0o600);
    symlinkSync("data.txt", join(source, "link"));
    const folder = join(temporaryFolder(), "context");
    writeBuildContext(filesOf(source, "data.txt", "link", "manage.py"), folder);

    const mode = (path: string): string => (statSync(join(folder, "app", path)).mode & 0o777).toString(8);
    expect([mode("manage.py"), mode("data.txt")]).toEqual(["755", "644"]);
    expect(readlinkSync(join(folder, "app", "link"))).toBe("data.txt");
  });

  it("removes what is no longer in the project", () => {
    const source = folderWith({ a: "1", b: "2" });
    const folder = join(temporaryFolder(), "context");
    const first = writeBuildContext(filesOf(source, "a", "b"), folder);
    const second = writeBuildContext(filesOf(source, "a"), folder);
    expect([...filesBelow(folder).keys()]).toEqual(["app/a"]);
    expect(second).not.toBe(first);
  });

  it("leaves a context alone that is there already", () => {
    const source = folderWith({ a: "1" });
    const folder = join(temporaryFolder(), "context");
    writeBuildContext(filesOf(source, "a"), folder);
    const before = statSync(join(folder, "app", "a")).ino;
    writeBuildContext(filesOf(source, "a"), folder);
    expect(statSync(join(folder, "app", "a")).ino).toBe(before);
  });

  it("writes it again when an interrupted synth has left only half", () => {
    const source = folderWith({ a: "1", b: "2" });
    const folder = join(temporaryFolder(), "context");
    const hash = writeBuildContext(filesOf(source, "a", "b"), folder);
    // Killed between the removal of the old context and the last rename.
    rmSync(folder, { recursive: true });
    mkdirSync(`${folder}.part`);
    writeFileSync(join(`${folder}.part`, "rest"), "");
    expect(writeBuildContext(filesOf(source, "a", "b"), folder)).toBe(hash);
    expect([...filesBelow(folder).keys()]).toEqual(["app/a", "app/b"]);
    expect(existsSync(`${folder}.part`)).toBe(false);
  });
});
