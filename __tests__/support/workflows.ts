import type { WorkflowProps } from "../../pipeline/workflow/deploy-workflow";
import { WORKFLOW } from "./pipeline";

/** Every shape of the workflow, by what it is told apart by. */
export const SHAPES: Readonly<Record<string, WorkflowProps>> = {
  "built on the host, with tests, port 22 opened by the runner": WORKFLOW,
  "built on the host, without tests, port 22 open": { ...WORKFLOW, tests: false, access: "open" },
  "built on an arm64 runner, with tests, port 22 open": { ...WORKFLOW, build: "runner", access: "open" },
  "built on an amd64 runner, without tests, in a folder of the repository": {
    ...WORKFLOW,
    build: "runner",
    architecture: "amd64",
    tests: false,
    projectPath: "examples/guestbook",
  },
};
