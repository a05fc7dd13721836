import * as z from "zod";

/** What the stack `host` says of itself (stacks/host.ts). */
const outputsSchema = z.object({
  address: z.string(),
  url: z.string(),
  session: z.string(),
  costs: z.record(z.string(), z.string()),
});

export type HostOutputs = z.infer<typeof outputsSchema>;

/** @param values the stack's outputs by name */
export function readOutputs(values: Readonly<Record<string, unknown>>): HostOutputs {
  return outputsSchema.parse(values);
}
