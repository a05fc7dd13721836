import type { DeposedObject } from "./state-edit";

/** What Terraform would do to one resource. */
export type Action = "no-op" | "create" | "read" | "update" | "delete" | "forget";

/** One resource in a plan, as `terraform show -json` prints it. */
export interface ResourceChange {
  readonly address: string;
  readonly type: string;
  readonly mode?: "managed" | "data";
  /** Key of an earlier object that a failed replacement has left. */
  readonly deposed?: string;
  /** Why, when Terraform says it: `delete_because_no_resource_config`, `replace_because_cannot_update`, … */
  readonly action_reason?: string;
  readonly change: {
    readonly actions: readonly Action[];
    /** The object as it is; null when there is none. */
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    /** The attributes that can't be changed in place. */
    readonly replace_paths?: readonly (readonly (string | number)[])[];
    readonly importing?: { readonly id?: string };
  };
}

/** A plan, as `terraform show -json` prints it; the part of it that is read here. */
export interface Plan {
  readonly format_version: string;
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly Action[] }>>;
  /** What there will be after the plan was applied. */
  readonly planned_values?: { readonly outputs?: Readonly<Record<string, { readonly value?: unknown }>> };
  /** What changed outside of Terraform since its last run. */
  readonly resource_drift?: readonly ResourceChange[];
}

/** @throws when the text is not a plan of a format that is understood here */
export function parsePlan(json: string): Plan {
  const plan = JSON.parse(json) as Partial<Plan> | null;
  if (!plan?.format_version?.startsWith("1.")) {
    throw new Error(`Terraform's plan has format ${plan?.format_version ?? "unknown"}; 1.x was expected`);
  }
  return plan as Plan;
}

/** The resources to which something happens. */
export function changesOf(plan: Plan): readonly ResourceChange[] {
  const idle: readonly Action[] = ["no-op", "read"];
  return (plan.resource_changes ?? []).filter(({ change }) =>
    change.actions.some((action) => !idle.includes(action)),
  );
}

/** Whether applying the plan would do anything. */
export function isEmpty(plan: Plan): boolean {
  const outputs = Object.values(plan.output_changes ?? {});
  return (
    changesOf(plan).length === 0 &&
    outputs.every(({ actions }) => actions.every((action) => action === "no-op"))
  );
}

/**
 * Deposed objects that are gone from the engine. Terraform (1.11) plans nothing for them and then, when it applies
 * that, makes the resource twice at once: it would run two migrations, and crash.
 */
export function goneDeposedOf(plan: Plan): readonly DeposedObject[] {
  return (plan.resource_changes ?? []).flatMap(({ address, deposed, change }) =>
    deposed !== undefined && change.actions.every((action) => action === "no-op")
      ? [{ address, deposed }]
      : [],
  );
}

/** Whether a resource that is there is deleted, and made again. */
export function replaces(plan: Plan, address: string): boolean {
  return changesOf(plan).some(
    (change) =>
      change.address === address &&
      ["delete", "create"].every((action) => change.change.actions.includes(action as Action)),
  );
}

/**
 * Whether a plan makes something, and removes containers with a label that are wanted no more. Terraform orders the two as
 * it likes.
 */
export function makesAndRemoves(plan: Plan, label: string): boolean {
  const changes = changesOf(plan);
  return (
    changes.some(({ change }) => change.actions.includes("create")) &&
    changes.some(
      ({ deposed, change }) =>
        deposed === undefined &&
        change.actions.every((action) => action === "delete") &&
        has(change.before, label),
    )
  );
}

function has(container: Readonly<Record<string, unknown>> | null, label: string): boolean {
  const labels = container?.["labels"];
  return Array.isArray(labels) && labels.some((one: { readonly label?: unknown }) => one.label === label);
}

/** A plan in a few words: `3 to create, 1 to replace`. */
export function summarize(plan: Plan): string {
  const count = new Map<string, number>();
  for (const { change } of changesOf(plan)) {
    const kind = kindOf(change.actions);
    count.set(kind, (count.get(kind) ?? 0) + 1);
  }
  return count.size === 0
    ? "no changes"
    : [...count].map(([kind, number]) => `${number} to ${kind}`).join(", ");
}

function kindOf(actions: readonly Action[]): string {
  return actions.length > 1 ? "replace" : (actions[0] ?? "no-op");
}
