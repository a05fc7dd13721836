import { stringify } from "yaml";
import type { Application } from "../application/application";
import { stackOf } from "../application/stack-file";
import type { Deployment } from "../config/deployment";
import { settingsFile, addressed } from "./settings-file";
import { tasksFile } from "./tasks-file";

/** A file that goes with a release. */
export interface DeployFile {
  /** Below `deploy/`. */
  readonly path: string;
  readonly content: string;
  readonly executable: boolean;
}

export interface DeployFolderProps {
  /** The deployment as it is on its host. */
  readonly deployment: Deployment;
  readonly application: Application;
}

const STACK_HEADER = `# Made from deployment.ts. The release script deploys it: docker stack deploy --compose-file stack.yaml NAME
`;

/** The files of `deploy/` that are made from the deployment; those of assets/ lie beside them. Pure. */
export function renderedDeployFiles({ deployment, application }: DeployFolderProps): DeployFile[] {
  const stack = stringify(stackOf(application), { aliasDuplicateObjects: false, lineWidth: 0, version: "1.1" });
  return [
    {
      path: "stack.yaml",
      content: STACK_HEADER + addressed(stack, (name) => `\${${name}:?is set by the release script}`),
      executable: false,
    },
    { path: "settings.sh", content: settingsFile({ deployment, application }), executable: false },
    { path: "tasks.sh", content: tasksFile(application), executable: false },
  ];
}
