import { parse } from "yaml";
import * as z from "zod";

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));
const runDefaults = z.strictObject({
  run: z.strictObject({ shell: z.string().optional(), "working-directory": z.string().optional() }),
});
const permissions = z.record(z.string(), z.enum(["read", "write", "none"]));

const stepSchema = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.union([z.string(), z.boolean()]).transform(String).optional(),
  uses: z.string().optional(),
  with: texts.optional(),
  run: z.string().optional(),
  shell: z.string().optional(),
  env: texts.optional(),
  "working-directory": z.string().optional(),
  "timeout-minutes": z.number().optional(),
  "continue-on-error": z.boolean().optional(),
});

const jobSchema = z.strictObject({
  name: z.string().optional(),
  if: z.string().optional(),
  "runs-on": z.string(),
  "timeout-minutes": z.number().default(360),
  environment: z.string().optional(),
  permissions: permissions.optional(),
  defaults: runDefaults.optional(),
  env: texts.optional(),
  steps: z.array(stepSchema).min(1),
});

const workflowSchema = z.strictObject({
  name: z.string().optional(),
  on: z.looseObject({ push: z.strictObject({ branches: z.array(z.string()) }) }),
  permissions: permissions.default({}),
  concurrency: z
    .strictObject({
      group: z.string(),
      queue: z.enum(["single", "max"]).default("single"),
      "cancel-in-progress": z.boolean().default(false),
    })
    .refine((group) => group.queue === "single" || !group["cancel-in-progress"], {
      error: '"queue: max" and "cancel-in-progress: true" exclude each other',
    })
    .optional(),
  defaults: runDefaults.optional(),
  env: texts.optional(),
  jobs: z.record(z.string(), jobSchema),
});

/** A workflow as GitHub reads it from its file. What isn't listed here is refused, and not overlooked. */
export type WorkflowDocument = z.output<typeof workflowSchema>;
export type JobDocument = z.output<typeof jobSchema>;
export type StepDocument = z.output<typeof stepSchema>;

/**
 * Reads a workflow's file.
 *
 * @throws when it holds something that the rehearsal doesn't know how to do
 */
export function readWorkflow(text: string): WorkflowDocument {
  const { data, error } = workflowSchema.safeParse(parse(text));
  if (!data) throw new Error(`the rehearsal can't run this workflow: ${z.prettifyError(error)}`);
  return data;
}
