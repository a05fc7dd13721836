import type { DeploymentInput } from "../../../config";
import { Clone } from "../../e2e/support/clone";
import type { Outcome } from "../../e2e/support/run";
import { letSlowViewsHarm } from "./guestbook";
import { TRIED_COMMIT } from "./settings";
import { type Signal, Site } from "./site";

/** A deployment on this computer's Docker engine. */
export class LocalSite extends Site {
  public readonly where = "local";
  public readonly command = "make up";

  protected constructor(
    public readonly clone: Clone,
    private readonly base: Partial<DeploymentInput>,
  ) {
    super();
  }

  /**
   * Deploys the guestbook.
   *
   * @param commit whose code deploys. @default the one that is tried
   * @param base what `deployment.ts` says beside the load's own limits
   */
  public static async deploy(
    name: string,
    commit: string | undefined = TRIED_COMMIT,
    base: Partial<DeploymentInput> = {},
  ): Promise<LocalSite> {
    const clone = await Clone.create(`flt-${name}`, { commit });
    letSlowViewsHarm(clone);
    const site = new LocalSite(clone, base);
    site.configure();
    await site.mustRelease();
    return site;
  }

  public get origin(): string {
    return this.clone.origin;
  }

  public configure(change: Partial<DeploymentInput> = {}): void {
    this.clone.configure({
      ...this.base,
      ...change,
      // All visitors of the load come from one address.
      proxy: { rateLimit: 2000, connectionLimit: 2000, ...change.proxy },
    });
  }

  public async repairAccess(): Promise<{ readonly command: string; readonly outcome: Outcome }> {
    const args = `--name ${this.clone.name}`;
    return {
      command: `make repair-access ARGS="${args}"`,
      outcome: await this.clone.make("repair-access", { args }),
    };
  }

  public async docker(args: readonly string[], input?: string): Promise<Outcome> {
    return this.clone.docker.try(args, { input });
  }

  public kill(pid: number, signal: Signal): Promise<void> {
    process.kill(pid, `SIG${signal}`);
    return Promise.resolve();
  }
}
