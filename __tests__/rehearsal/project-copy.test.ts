import { Interrupt } from "../../cli/session/interrupt";
import { RunLock } from "../../cli/session/run-lock";
import type { DeploymentInput } from "../../config/schema";
import { ProjectCopy } from "../../rehearsal/environment/project-copy";
import { WorkingFolder } from "../../rehearsal/environment/working-folder";
import { ROOT } from "../support/guestbook";
import { temporaryFolder } from "../support/synthesis";

async function copyOf(sections: Partial<DeploymentInput>): Promise<ProjectCopy> {
  const folder = new WorkingFolder(temporaryFolder());
  folder.folder(".");
  return ProjectCopy.create({
    input: { project: { folder: "examples/guestbook" }, ...sections },
    root: ROOT,
    folder,
    interrupt: new Interrupt(),
    lock: new RunLock(folder.path),
    terraform: {},
  });
}

test("a rehearsal has a default section for each that deployment.ts does not have, and no other", async () => {
  const copy = await copyOf({ host: { region: "eu-west-1" } });
  expect(copy.defaulted).toEqual(["github"]);
});
