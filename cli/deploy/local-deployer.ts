import { LABEL, serviceOf } from "../../application/application";
import { baseOf } from "../../application/image";
import { type Service, isProxy } from "../../application/service";
import type { Problem } from "../../config/errors";
import { containerLogicalId, imageLogicalId } from "../../constructs/docker/logical-id";
import { Hold } from "../database/hold";
import { factsOf } from "./facts";
import type { Container } from "../docker/container";
import { limitProcesses } from "../docker/process-limits";
import { Watch } from "../docker/watch";
import { machineProblems } from "../problems";
import type { Report } from "../session/progress";
import type { TerraformEvent } from "../terraform/events";
import type { Absence, Refusal } from "../terraform/guard";
import { changesOf, goneDeposedOf, makesAndRemoves, replaces } from "../terraform/plan";
import { withoutDeposed } from "../terraform/state-edit";
import type { LocalStackId } from "../terraform/terraform";
import type { PlanOptions, PlannedStack, TerraformStack } from "../terraform/terraform-stack";
import type { Workspace } from "../workspace/workspace";
import { Deployer, NO_CHANGES } from "./deployer";
import { EarlyPlans, asError } from "./early-plans";
import { explain } from "./failure";
import { explainGivenUp } from "./steadiness";

/** What each stack is to a user. */
export const TITLES: Readonly<Record<LocalStackId, string>> = {
  "local-data": "Volumes",
  "local-database": "Database",
  local: "Application",
};

/** Seconds for which a port is closed while its container is replaced: the old one ends, and the new one starts. */
const CLOSED = 3;

/** Brings the engine to what the stacks say, one stack after the other. */
export class LocalDeployer extends Deployer {
  /** Plans that were begun before their turn; they hold as long as no stack before them has changed. */
  private readonly early = new EarlyPlans((id, onEvent) => this.planEarly(id, onEvent));
  private changed = false;
  /** Containers from before the first change. */
  private earlier: readonly Container[] | undefined;

  /**
   * @param takenOver stacks whose state knows containers that it did not make
   * @param mayBeGone names of volumes of whose loss the caller knows: they are made anew
   */
  public constructor(
    workspace: Workspace,
    private readonly takenOver: ReadonlySet<LocalStackId>,
    mayBeGone: readonly string[] = [],
  ) {
    const { volumes } = workspace.application;
    super(workspace, {
      where: "the engine",
      guard: {
        disposable: volumes.filter(({ data }) => data === undefined).map(({ name }) => name),
        contents: Object.fromEntries(
          volumes.flatMap(({ name, data }) => (data === undefined ? [] : [[name, data]])),
        ),
      },
      mayBeGone,
    });
  }

  /** Whether no stack has been changed yet. */
  public get isUnchanged(): boolean {
    return !this.changed;
  }

  /** Containers of the deployment that this deployer has not made. None is known as long as nothing was changed. */
  public get earlierContainers(): readonly Container[] {
    return this.earlier ?? [];
  }

  /** Begins to plan all stacks. To be called once, before the first is deployed. */
  public begin(): void {
    if (this.takenOver.size === 0) this.early.begin();
  }

  /** @returns what was done, in a few words */
  public async deploy(id: LocalStackId, report: Report): Promise<string> {
    const stack = this.stack(id);
    if (this.takenOver.has(id)) {
      // Without the images' ids Terraform can't see that the containers are as they should be.
      const images = await this.plan(stack, { targets: stack.file().images }, report);
      await this.carryOut(stack, images, report);
    }
    const planned = await this.planned(id, report);
    const exchanged = this.workspace.application.services.find(
      ({ role, visitorsWait }) => visitorsWait && replaces(planned.plan, addressOf(role)),
    );
    if (exchanged) return this.exchange(exchanged, stack, planned, report);
    const proxy = this.proxyReplacedBy(planned);
    const last = [...this.singletonsMadeBy(planned), ...(proxy ? this.addressesFrom(proxy) : [])];
    if (last.length === 0 && !makesAndRemoves(planned.plan, LABEL.kind))
      return this.carryOut(stack, planned, report);
    if (proxy) report(`${proxy.role} is replaced last: ${portsOf(proxy)} closes for about ${CLOSED} s`);
    const done = await this.deployLast(last, stack, planned, report);
    return proxy
      ? `${done}; ${proxy.role} was replaced, and ${portsOf(proxy)} was closed for about ${CLOSED} s`
      : done;
  }

  /** @returns what was removed, in a few words */
  public async destroy(id: LocalStackId, report: Report): Promise<string> {
    const stack = this.stack(id);
    return this.carryOut(stack, await this.plan(stack, { destroy: true }, report), report);
  }

  /** Waits for what was begun. To be called at the end, also of a run that failed. */
  public async end(): Promise<void> {
    await this.early.end();
  }

  protected override explainRefusal({ name, what, action, reason }: Refusal): Problem {
    return machineProblems.dataAtRisk(name, what, action, reason);
  }

  protected override explainAbsences(absences: readonly Absence[]): Promise<readonly Problem[]> {
    return Promise.resolve(absences.map(({ name, what }) => machineProblems.volumeGone(name, what)));
  }

  /** Gives up, meanwhile, the containers that won't come up. */
  protected override async apply(
    stack: TerraformStack,
    planned: PlannedStack,
    report: Report,
  ): Promise<void> {
    const { application, docker, deployment } = this.workspace;
    this.changed = true;
    const tasks = stack.file().containers.flatMap(({ role, task }) => (task ? [role] : []));
    // As soon as they run; "up" looks again when all is done.
    const limit = async (containers: readonly Container[]): Promise<void> =>
      limitProcesses(docker, containers, application.services).catch(() => undefined);
    const before = await docker.containers(deployment.name);
    this.earlier ??= before;
    const watch = new Watch(docker, deployment.name, before, limit);
    const failure = await super.apply(stack, planned, report, tasks).then(() => undefined, asError);
    const failedContainers = await watch.end();
    if (failure) throw await explain(this.workspace, failure, failedContainers);
    // Terraform looks once: a container that was up for its soak is good to it.
    if (failedContainers.length > 0) throw await explainGivenUp(this.workspace, failedContainers);
  }

  /** Addresses of the singletons of `deployment.ts` that a plan makes or replaces. */
  private singletonsMadeBy({ plan }: PlannedStack): string[] {
    const made = changesOf(plan)
      .filter(({ change }) => change.actions.includes("create"))
      .map(({ address }) => address);
    return this.workspace.application.services
      .filter(({ configured, singleton }) => configured && singleton)
      .map(({ role }) => `${addressOf(role)}[0]`)
      .filter((address) => made.includes(address));
  }

  /** What visitors come through, when a plan replaces its container. */
  private proxyReplacedBy({ plan }: PlannedStack): Service | undefined {
    return this.workspace.application.services.find(
      (service) => isProxy(service) && replaces(plan, addressOf(service.role)),
    );
  }

  /** Addresses of a service's container and of those that wait for it: Terraform makes what a target waits for, too. */
  private addressesFrom({ role, stack }: Service): string[] {
    return this.workspace.application.services
      .filter((service) => service.stack === stack)
      .filter((service) => service.role === role || service.dependsOn.some((other) => other.role === role))
      .map((service) => addressOf(service.role));
  }

  /**
   * Does all else first. Terraform stops what can't run twice, and what `deployment.ts` no longer names, before it makes
   * anything: of a release that fails, these processes of the release before would be gone, and visitors would have met a
   * closed port for nothing.
   */
  private async deployLast(
    last: readonly string[],
    stack: TerraformStack,
    planned: PlannedStack,
    report: Report,
  ): Promise<string> {
    await this.refuseLoss(planned);
    stack.discard(planned.file);
    const { containers, images, networks, volumes } = stack.file();
    const targets = [
      ...[...containers, ...networks, ...volumes].map(({ address }) => address),
      ...images,
    ].filter((address) => !last.includes(address));
    const first = await this.carryOut(stack, await this.plan(stack, { targets }, report), report);
    const then = await this.carryOut(stack, await this.plan(stack, {}, report), report);
    return [first, then].filter((done) => done !== NO_CHANGES).join(", then ") || NO_CHANGES;
  }

  /** Puts another container in the place of a service's container, while visitors wait. */
  private async exchange(
    service: Service,
    stack: TerraformStack,
    planned: PlannedStack,
    report: Report,
  ): Promise<string> {
    await this.refuseLoss(planned);
    stack.discard(planned.file);
    // What can be done while the old one still answers, else Terraform does it in between.
    await this.carryOut(
      stack,
      await this.plan(stack, { targets: this.addressesBefore(service) }, report),
      report,
    );
    const again = await this.plan(stack, {}, report);
    const hold = await Hold.begin(this.workspace, service, report);
    const ended = hold?.endWithSuccessor();
    try {
      return await this.carryOut(stack, again, report);
    } finally {
      await hold?.end();
      await ended;
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

  private async planned(id: LocalStackId, report: Report): Promise<PlannedStack> {
    // One plan of a stack at a time: each locks the state.
    if (this.changed) await this.early.end();
    const early = this.changed ? undefined : await this.early.take(id);
    return early ?? this.plan(this.stack(id), {}, report);
  }

  private async planEarly(
    id: LocalStackId,
    onEvent?: (event: TerraformEvent) => void,
  ): Promise<PlannedStack> {
    const stack = this.stack(id);
    const engine = await factsOf(this.workspace.docker, stack.state().objects);
    return stack.planUnlessEmpty(engine, () => this.plan(stack, {}, undefined, onEvent));
  }

  private async plan(
    stack: TerraformStack,
    options: PlanOptions,
    report?: Report,
    onEvent?: (event: TerraformEvent) => void,
  ): Promise<PlannedStack> {
    this.beginPlan(report);
    try {
      const planned = await stack.plan({ ...options, skipEmpty: true }, onEvent);
      const gone = goneDeposedOf(planned.plan);
      if (gone.length === 0) return planned;
      await stack.edit((state) => withoutDeposed(state, gone));
      return await stack.plan(options);
    } catch (error) {
      throw await explain(this.workspace, error);
    }
  }

  private stack(id: LocalStackId): TerraformStack {
    return this.workspace.terraform.stack(id);
  }
}

/** Address of a service's container. */
function addressOf(role: string): string {
  return `docker_container.${containerLogicalId(role)}`;
}

function portsOf({ ports }: Service): string {
  return `port ${ports.map(({ external }) => external).join(", ")}`;
}
