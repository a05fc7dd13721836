import * as z from "zod";
import { DeploymentError } from "../../config/errors";
import { machineProblems } from "../problems";

/** One object that a state knows. */
export interface StateObject {
  /** Address of its resource: `docker_container.web`, `docker_container.worker[0]`. */
  readonly address: string;
  readonly type: string;
  /** The provider's id of it: of a container its full id, of a volume its name. */
  readonly id: string;
  /** AWS's name of it, when it has one. */
  readonly arn?: string;
  readonly tainted: boolean;
  /** It was to be replaced, and the apply failed before it was removed. */
  readonly deposed: boolean;
}

/** What Terraform knows of a stack. */
export interface State {
  readonly objects: readonly StateObject[];
}

/** What is read of Terraform's file; it holds more. */
const stateSchema = z.object({
  resources: z
    .array(
      z.object({
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        instances: z.array(
          z.object({
            index_key: z.union([z.string(), z.number()]).optional(),
            attributes: z.object({ id: z.string().nullish(), arn: z.string().nullish() }).nullish(),
            status: z.string().optional(),
            deposed: z.string().optional(),
          }),
        ),
      }),
    )
    .default([]),
});

/** The one form of a state that is known here; Terraform has written no other since 0.12. */
const FORM = 4;

/** The address of one instance of a resource in a state. @param key which of several it is. @default there is one */
export function addressIn(
  { type, name }: { readonly type: string; readonly name: string },
  key: string | number | undefined,
): string {
  return `${type}.${name}${key === undefined ? "" : `[${JSON.stringify(key)}]`}`;
}

/** The address of the resource that an instance is of: without its index. */
export function resourceOf(address: string): string {
  return address.replace(/\[[^\]]*\]$/, "");
}

/**
 * Reads a state.
 *
 * @param json what `terraform state pull` prints: nothing when there is no state yet
 * @param called how a message names it
 * @throws SyntaxError when it is no state: cut off, or something else
 * @throws {@link DeploymentError} when it is a state of another form, which must not be taken for a broken one
 */
export function parseState(json: string, called = "the state"): State {
  if (json.trim() === "") return { objects: [] };
  const raw: unknown = JSON.parse(json);
  const { data: head } = z.object({ version: z.number() }).safeParse(raw);
  if (head && head.version !== FORM)
    throw new DeploymentError([machineProblems.otherState(called, head.version, FORM)]);
  const { data: state } = stateSchema.safeParse(raw);
  if (!head || !state) throw new SyntaxError(`${called} is no state of Terraform`);
  return {
    objects: state.resources
      .filter(({ mode }) => mode === "managed")
      .flatMap(({ type, name, instances }) =>
        instances.map(({ attributes, status, deposed, index_key }) => ({
          address: addressIn({ type, name }, index_key),
          type,
          id: attributes?.id ?? "",
          ...(typeof attributes?.arn === "string" && { arn: attributes.arn }),
          tainted: status === "tainted",
          deposed: deposed !== undefined,
        })),
      ),
  };
}
