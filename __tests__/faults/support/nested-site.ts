import { Clone, freePort } from "../../e2e/support/clone";
import { NestedEngine } from "../../e2e/support/engine";
import { letSlowViewsHarm } from "./guestbook";
import { LocalSite } from "./local-site";
import { TRIED_COMMIT } from "./settings";

/** A local deployment on an engine of its own, which faults may treat as they like. */
export class NestedSite extends LocalSite {
  private constructor(
    clone: Clone,
    private readonly engine: NestedEngine,
  ) {
    // Published on the nested machine's own address, from where it is published on this one.
    super(clone, { local: { address: "0.0.0.0" } });
  }

  /** Starts an engine and deploys the guestbook to it. */
  public static override async deploy(name: string): Promise<NestedSite> {
    const port = await freePort();
    const engine = await NestedEngine.start(`e2e-flt-${name}-machine`, port);
    const clone = await Clone.create(`flt-${name}`, { commit: TRIED_COMMIT, dockerHost: engine.host, port });
    letSlowViewsHarm(clone);
    const site = new NestedSite(clone, engine);
    site.configure();
    await site.mustRelease();
    return site;
  }

  public override async restartEngine(): Promise<void> {
    await this.engine.killEngine();
    await this.engine.answers();
  }

  public override async reboot(): Promise<void> {
    await this.engine.cutPower();
    await this.engine.answers();
  }

  public override async loadBaseImages(): Promise<void> {
    await this.engine.loadBaseImages();
  }

  public override kill(): Promise<void> {
    return Promise.reject(new Error("no fault ends a process of the nested machine"));
  }
}
