import type { Action, Plan, ResourceChange } from "../../../cli/terraform/plan";

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

/** A plan that has found something gone, and would make it again. */
export function planAfterLoss(
  type: string,
  before: Readonly<Record<string, unknown>>,
  more: Partial<ResourceChange> = {},
): Plan {
  const address = `${type}.data`;
  const resource = { address, type, mode: "managed", ...more } as const;
  return {
    format_version: "1.2",
    resource_changes: [{ ...resource, change: { actions: ["create"], before: null, after: before } }],
    resource_drift: [{ ...resource, change: { actions: ["delete"], before, after: null } }],
  };
}
