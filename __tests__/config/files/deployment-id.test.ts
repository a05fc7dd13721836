import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseDeploymentId, readDeploymentId, renderDeploymentId } from "../../../config/files/deployment-id";
import { loadDeployment } from "../../../config/load";
import { ROOT } from "../../support/guestbook";
import { folderWith, temporaryFolder } from "../../support/synthesis";

const ID = "0123456789abcdef0123456789abcdef";
const PROJECT = { project: { folder: join(ROOT, "examples", "guestbook") } };

describe("deployment.id", () => {
  it("is read as it was written", () => expect(parseDeploymentId(renderDeploymentId(ID)).id).toBe(ID));

  it.each([`# comment\r\n\r\n  ${ID}\r\n`, `\ufeff${ID}`, `\ufeff# comment\r${ID}\r`])(
    "may have been saved by any editor",
    (text) => expect(parseDeploymentId(text)).toEqual({ id: ID, problems: [] }),
  );

  it("that is empty and unknown to git can be deleted: the data that this folder has made tell it", () =>
    expect(() => loadDeployment(PROJECT, folderWith({ "deployment.id": "\n" }))).toThrow(
      "if git doesn't have it, delete it",
    ));

  it("may be missing: nobody has deployed yet", () => {
    expect(readDeploymentId(temporaryFolder())).toEqual({ problems: [] });
    expect(loadDeployment(PROJECT, temporaryFolder()).deployment.id).toBeUndefined();
  });

  it("is the deployment's", () =>
    expect(loadDeployment(PROJECT, folderWith({ "deployment.id": `${ID}\n` })).deployment.id).toBe(ID));

  it.each([
    ["empty", ""],
    ["another thing", "guestbook\n"],
    ["too short", `${ID.slice(1)}\n`],
    ["two ids", `${ID}\n${ID}\n`],
    ["a conflict of git", `<<<<<<< HEAD\n${ID}\n=======\n${ID.toUpperCase()}\n>>>>>>> other\n`],
  ])("that is %s is refused with the way out", (_what, text) => {
    expect(() => loadDeployment(PROJECT, folderWith({ "deployment.id": text }))).toThrow(
      /^✗ deployment\.id is [^]*expected: one line[^]*git checkout deployment\.id/,
    );
  });

  it("that can't be read is said to be", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "deployment.id"));
    expect(() => loadDeployment(PROJECT, folder)).toThrow(/deployment\.id is not to be read \(EISDIR\)/);
  });

  it("is told together with everything else that is wrong", () =>
    expect(() => loadDeployment({ ...PROJECT, nmae: "x" }, folderWith({ "deployment.id": "x" }))).toThrow(
      /nmae[^]*deployment\.id/,
    ));
});
