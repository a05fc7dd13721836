import { serviceOf } from "../application/application";
import { baseOf } from "../application/image";
import type { Service } from "../application/service";
import { DeploymentError } from "../config/errors";
import { containerLogicalId, imageLogicalId } from "../constructs/docker/logical-id";
import { describeEvent } from "./events";
import { explain } from "./failure";
import { type GuardProps, absencesIn, guard } from "./guard";
import { InterruptedError } from "./interrupt";
import { Hold } from "./hold";
import { ghostsOf, isEmpty, replaces, summarize } from "./plan";
import { machineProblems } from "./problems";
import type { Report } from "./progress";
import { withoutDeposed } from "./state-edit";
import { LOCAL_STACKS, type LocalStackId } from "./terraform";
import { type PlanOptions, type PlannedStack, requireApplicable } from "./terraform-stack";
import { Watch } from "./watch";
import type { Workspace } from "./workspace";

/** What a deployment says that had nothing to do. */
export const NO_CHANGES = "no changes";

/** Brings the engine to what the stacks say: plan, guard, apply, one stack after the other. */
export class Deployer {
  /** Plans that were begun before their turn; they hold as long as no stack before them has changed. */
  private readonly early = new Map<LocalStackId, Promise<PlannedStack | Error>>();
  private changed = false;

  /**
   * @param takenOver stacks whose state knows containers that it did not make
   * @param mayBeGone names of volumes of whose loss the caller knows: they are made anew
   */
  public constructor(
    private readonly workspace: Workspace,
    private readonly takenOver: ReadonlySet<LocalStackId>,
    private readonly mayBeGone: readonly string[] = [],
  ) {}

  /** Begins to plan all stacks side by side: most runs change none of them, or only the last. */
  public begin(): void {
    if (this.takenOver.size > 0) return;
    for (const id of LOCAL_STACKS) this.early.set(id, this.plan(id, {}).catch(asError));
  }

  /** @returns what was done, in a few words */
  public async deploy(id: LocalStackId, report: Report): Promise<string> {
    if (this.takenOver.has(id)) {
      // Without the images' ids Terraform can't see that the containers are as they should be.
      await this.carryOut(
        id,
        await this.plan(id, { targets: this.workspace.terraform.stack(id).file().images }, report),
        report,
      );
    }
    const planned = await this.planned(id, report);
    const exchanged = this.workspace.application.services.find(
      ({ role, visitorsWait }) => visitorsWait && replaces(planned.plan, addressOf(role)),
    );
    return exchanged ? this.exchange(exchanged, id, planned, report) : this.carryOut(id, planned, report);
  }

  /** Puts another container in the place of a service's container, while visitors wait. */
  private async exchange(
    service: Service,
    id: LocalStackId,
    planned: PlannedStack,
    report: Report,
  ): Promise<string> {
    const stack = this.workspace.terraform.stack(id);
    refuseLoss(planned, this.workspace, this.mayBeGone);
    stack.discard(planned.file);
    // What can be done while the old one still answers, else Terraform does it in between.
    await this.carryOut(id, await this.plan(id, { targets: this.addressesBefore(service) }, report), report);
    const again = await this.plan(id, {}, report);
    const hold = await Hold.begin(this.workspace, service, report);
    const ended = hold?.endWithSuccessor();
    try {
      return await this.carryOut(id, again, report);
    } finally {
      await hold?.end();
      await ended;
    }
  }

  /** @returns what was removed, in a few words */
  public async destroy(id: LocalStackId, report: Report): Promise<string> {
    return this.carryOut(id, await this.plan(id, { destroy: true }, report), report);
  }

  /** Waits for what was begun. To be called at the end, also of a run that failed. */
  public async end(): Promise<void> {
    await Promise.all(this.early.values());
  }

  private async planned(id: LocalStackId, report: Report): Promise<PlannedStack> {
    const early = await this.early.get(id);
    if (early === undefined || this.changed) return this.plan(id, {}, report);
    if (early instanceof Error) throw early;
    return early;
  }

  private async plan(id: LocalStackId, options: PlanOptions, report?: Report): Promise<PlannedStack> {
    if (this.workspace.interrupt.requested) throw new InterruptedError();
    report?.("comparing with the engine");
    const stack = this.workspace.terraform.stack(id);
    try {
      const planned = await stack.plan(options);
      const ghosts = ghostsOf(planned.plan);
      if (ghosts.length === 0) return planned;
      await stack.edit((state) => withoutDeposed(state, ghosts));
      return await stack.plan(options);
    } catch (error) {
      throw await explain(this.workspace, error);
    }
  }

  /** Addresses of what a plan of the service's stack does before the service's container. */
  private addressesBefore({ dependsOn, image, stack }: Service): string[] {
    const before = dependsOn
      .map(({ role }) => serviceOf(this.workspace.application, role))
      .filter((service) => service.stack === stack);
    return [
      ...before.map(({ role }) => addressOf(role)),
      `docker_image.${imageLogicalId(baseOf(image).base)}`,
    ];
  }

  private async carryOut(id: LocalStackId, planned: PlannedStack, report: Report): Promise<string> {
    const { docker, deployment, terraform } = this.workspace;
    const stack = terraform.stack(id);
    try {
      refuseLoss(planned, this.workspace, this.mayBeGone);
      if (isEmpty(planned.plan)) return NO_CHANGES;
      if (this.workspace.interrupt.requested) throw new InterruptedError();
      this.changed = true;
      const summary = summarize(planned.plan);
      report(summary);
      const tasks = stack.file().containers.flatMap(({ role, task }) => (task ? [role] : []));
      const watch = new Watch(docker, deployment.name, await docker.containers(deployment.name));
      const failure = await stack
        .apply(planned, (event) => {
          const line = describeEvent(event, tasks);
          if (line !== undefined) report(line);
        })
        .then(() => undefined, asError);
      const casualties = await watch.end();
      if (failure) throw await explain(this.workspace, failure, casualties);
      return summary;
    } finally {
      stack.discard(planned.file);
    }
  }
}

/** Address of a service's container. */
function addressOf(role: string): string {
  return `docker_container.${containerLogicalId(role)}`;
}

function refuseLoss(
  planned: PlannedStack,
  { application: { volumes } }: Workspace,
  mayBeGone: readonly string[],
): void {
  const props: GuardProps = {
    disposable: volumes.filter(({ data }) => data === undefined).map(({ name }) => name),
    contents: Object.fromEntries(
      volumes.flatMap(({ name, data }) => (data === undefined ? [] : [[name, data]])),
    ),
  };
  const refusals = guard(planned.plan, props).map(({ name, what, action, reason }) =>
    machineProblems.dataAtRisk(name, what, action, reason),
  );
  const gone = { ...props, disposable: [...(props.disposable ?? []), ...mayBeGone] };
  const absences = absencesIn(planned.plan, gone).map(({ name, what }) =>
    machineProblems.volumeGone(name, what),
  );
  const found = [...refusals, ...absences];
  if (found.length > 0) throw new DeploymentError(found);
  requireApplicable(planned);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
