import type { TerraformEvent } from "../terraform/events";
import { LOCAL_STACKS, type LocalStackId } from "../terraform/terraform";
import type { PlannedStack } from "../terraform/terraform-stack";

/** Makes the plan of a stack, and tells what Terraform says meanwhile. */
export type MakePlan = (id: LocalStackId, onEvent?: (event: TerraformEvent) => void) => Promise<PlannedStack>;

/** The stack with the deployment's network. */
const NETWORK_STACK: LocalStackId = "local-database";

/** Plans that are begun before their turn, side by side: most runs change no stack, or only the last. */
export class EarlyPlans {
  private readonly plans = new Map<LocalStackId, Promise<PlannedStack | Error>>();

  public constructor(private readonly make: MakePlan) {}

  /**
   * Begins to plan all stacks. The provider reads a network for two seconds and computes nothing meanwhile: the stack with
   * the network goes first, and the others in that time.
   */
  public begin(): void {
    const reading = new Promise<void>((resolve) => {
      const onEvent = ({ type }: TerraformEvent): void => {
        if (type === "refresh_start") resolve();
      };
      this.plans.set(NETWORK_STACK, this.make(NETWORK_STACK, onEvent).catch(asError).finally(resolve));
    });
    for (const id of LOCAL_STACKS.filter((other) => other !== NETWORK_STACK))
      this.plans.set(id, reading.then(() => this.make(id)).catch(asError));
  }

  /** The plan of a stack; undefined when none was begun. @throws what went wrong with it */
  public async take(id: LocalStackId): Promise<PlannedStack | undefined> {
    const plan = await this.plans.get(id);
    if (plan instanceof Error) throw plan;
    return plan;
  }

  /** Waits until nobody plans any more. */
  public async end(): Promise<void> {
    await Promise.all(this.plans.values());
  }
}

/** What was thrown, as an error. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
