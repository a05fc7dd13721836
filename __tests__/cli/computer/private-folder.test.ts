import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePrivate } from "../../../cli/computer/private-folder";
import { temporaryFolder } from "../../support/synthesis";

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe("a private folder", () => {
  it("is made for its owner alone", () => {
    const folder = join(temporaryFolder(), "a", "b");
    makePrivate(folder);
    expect(modeOf(folder)).toBe("700");
  });

  it("takes back what was open before, and leaves what is in folders", () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "local.tfstate"), "{}", { mode: 0o644 });
    mkdirSync(join(folder, "providers"));
    writeFileSync(join(folder, "providers", "program"), "", { mode: 0o755 });
    makePrivate(folder);
    expect([folder, join(folder, "local.tfstate"), join(folder, "providers", "program")].map(modeOf)).toEqual(
      ["700", "600", "755"],
    );
  });
});
