import { userInfo } from "node:os";
import { onMachine } from "../../host/on-machine";
import type { Workspace } from "../../workspace/workspace";

export interface RollbackOptions {
  /** Go back though the schema stands in the way. @default false */
  readonly anyway?: boolean;
}

/** Makes an earlier release serve again; without a name the one before. */
export async function rollback(
  workspace: Workspace,
  target: string | undefined,
  { anyway = false }: RollbackOptions,
): Promise<void> {
  const name = target === undefined ? [] : [target];
  await onMachine(
    workspace,
    "rollback",
    ...name,
    "--by",
    userInfo().username,
    ...(anyway ? ["--anyway"] : []),
  );
}
