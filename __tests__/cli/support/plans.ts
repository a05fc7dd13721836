import type { Action, Plan, ResourceChange } from "../../../cli/plan";

/** A change of one volume, as a plan has it. */
export function volumeChange(
  actions: readonly Action[],
  name = "guestbook-dbdata",
  more: Partial<ResourceChange> = {},
): ResourceChange {
  const object = { name, driver: "local" };
  return {
    address: "docker_volume.dbdata",
    type: "docker_volume",
    mode: "managed",
    ...more,
    change: {
      actions,
      before: actions.includes("create") && actions.length === 1 ? null : object,
      after: actions.includes("delete") && actions.length === 1 ? null : object,
      ...more.change,
    },
  };
}

/** A plan with these changes. */
export function planOf(...changes: readonly ResourceChange[]): Plan {
  return { format_version: "1.2", resource_changes: changes };
}
