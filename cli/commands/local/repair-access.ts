import { objectName } from "../../../application/application";
import { DeploymentError } from "../../../config/errors";
import { requireOwnData } from "../../data/claim";
import { repairAccess as repair } from "../../database/access-repair";
import { holdsDatabase } from "../../database/stored-database";
import { LocalDeployer } from "../../deploy/local-deployer";
import { provideBaseImages } from "../../preflight/base-images";
import { requireEngine } from "../../preflight/preflight";
import { machineProblems } from "../../problems";
import { recover } from "../../recovery/recover";
import { askForName } from "../../session/name-question";
import { type Step, runSteps, write } from "../../session/progress";
import { synthesizeWorkspace } from "../../workspace/synthesis";
import type { Workspace } from "../../workspace/workspace";

export interface RepairAccessOptions {
  /** The deployment's name, typed out: stands for the question. @default the question is asked */
  readonly name?: string;
}

/** Gives access to a database whose passwords are lost. Deletes nothing; done twice, it changes nothing. */
export async function repairAccess(workspace: Workspace, options: RepairAccessOptions = {}): Promise<void> {
  const { application, deployment, lock } = workspace;
  const { name } = deployment;
  await askForName(
    "repair-access",
    name,
    options.name,
    [
      `This gives access to the database of ${name} again. No data is deleted or changed.`,
      "  Passwords that are stored, or that a running container still has, are used on.",
      "  For a lost one a new one is made. When root's is lost, MariaDB is stopped for some seconds for that.",
      "  A lost secret key of Django is made anew: everybody has to log in again, links to reset a password end.",
    ],
    "Type its name to do it: ",
  );
  await requireEngine(workspace);
  // With the secrets volume the id of volumes of before is lost.
  await requireOwnData(workspace, { orNobodys: true });
  await lock.take("repair-access", write);

  let told: readonly string[] = [];
  const steps: Step[] = [
    { title: "Base images", run: (report) => provideBaseImages(workspace, report) },
    { title: "Synthesis", run: () => synthesizeWorkspace(workspace, { localOnly: true }) },
    {
      title: "Database",
      run: async () => {
        if (await holdsDatabase(workspace)) return "there";
        throw new DeploymentError([machineProblems.noDatabase(objectName(application, "dbdata"))]);
      },
    },
    {
      // The volume of the secrets, when it is gone.
      title: "Volumes",
      run: async (report) => {
        const { adopted } = await recover(workspace, report);
        const lost = [objectName(application, "secrets")];
        return new LocalDeployer(workspace, adopted, lost).deploy("local-data", report);
      },
    },
    {
      title: "Access",
      run: async (report) => {
        told = await repair(workspace, report);
        return undefined;
      },
    },
  ];
  await runSteps(steps, workspace);
  write(`\n${name} can be opened again:`);
  for (const line of told) write(`  ${line}`);
  write('"make up" carries on.');
}
