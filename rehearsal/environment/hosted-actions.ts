import { imageVariable } from "../../application/image";
import { applicationImage } from "../../application/processes/application-image";
import { readMachine } from "../../cli/computer/machine";
import { Log } from "../../cli/session/log";
import { machineEnvironment } from "../../config/environment";
import { fullNameOf } from "../../config/github";
import { type WorkflowRun, Actions } from "../actions/actions";
import { TokenServer } from "../actions/tokens";
import type { FakeGitHub } from "../github/fake-github";
import { run } from "../host/command";
import type { HostStacks } from "./host-stacks";
import type { RepositorySettings } from "./repository-settings";
import type { ProjectCopy, Rehearsed } from "./project-copy";
import type { WorkingFolder } from "./working-folder";

export interface HostedActionsProps {
  /** The program's own folder; absolute. */
  readonly root: string;
  readonly folder: WorkingFolder;
  readonly workspace: Rehearsed;
  readonly copy: ProjectCopy;
  readonly stacks: HostStacks;
  readonly github: FakeGitHub;
  readonly settings: RepositorySettings;
  /** Folder of the AWS CLI; absolute. */
  readonly awscli: string;
}

/** The runner's own address, as the firewall is told (RFC 5737: nobody has it). */
const OWN_ADDRESS = "203.0.113.7";

/** GitHub Actions for the rehearsed repository, with the runner that it gives. */
export class HostedActions {
  private constructor(
    private readonly workspace: Rehearsed,
    public readonly actions: Actions,
    private readonly tokens: TokenServer,
  ) {}

  /** @throws when AWS would not trust the repository's tokens */
  public static async start(props: HostedActionsProps): Promise<HostedActions> {
    const { stacks, folder, settings, github, copy, workspace } = props;
    const subject = `${github.repository.subject}:environment:${workspace.github.environment}`;
    await stacks.requireTrust(subject);
    const tokens = await TokenServer.start(subject);
    const logs = new Map<WorkflowRun, Log>();
    const actions = new Actions({
      folder: folder.folder("runners"),
      repository: fullNameOf(workspace.github),
      branch: workspace.github.branch,
      actor: "rehearsal",
      remote: copy.clone.remote,
      secretsOf: (environment) => settings.secretsOf(environment),
      tokens,
      environment: environmentOf(props),
      onGroup: (id) => folder.note(id),
      onLine: (started, line) => {
        const log = logs.get(started) ?? new Log(folder.path, `run-${started.id}`);
        logs.set(started, log);
        log.write(line);
      },
    });
    workspace.interrupt.onRequest(() => actions.cancel());
    return new HostedActions(workspace, actions, tokens);
  }

  /** Ends what still runs, and removes what it has made. */
  public async dispose(): Promise<void> {
    this.actions.cancel();
    await this.actions.idle();
    await this.tokens.stop();
    // The tag only: what was built is kept for the next rehearsal.
    const { build } = applicationImage(this.workspace.deployment);
    await run("docker", ["image", "rm", "--no-prune", `${build.repository}:test`]);
  }
}

/** What GitHub's runner has by itself, and where the fakes are. */
function environmentOf({ awscli, stacks, root }: HostedActionsProps): Record<string, string> {
  const own = machineEnvironment();
  const { images = {}, caBundle } = readMachine(root);
  return {
    ...own,
    PATH: `${awscli}:${own["PATH"] ?? ""}`,
    NO_PROXY: [own["NO_PROXY"] ?? own["no_proxy"] ?? [], "127.0.0.1", "localhost"].flat().join(","),
    AWS_ENDPOINT_URL: stacks.url,
    OWN_ADDRESS,
    ...Object.fromEntries(
      Object.entries(images).flatMap(([base, name]) =>
        name === undefined ? [] : [[imageVariable(base), name] as const],
      ),
    ),
    ...(caBundle !== undefined && { CA_BUNDLE: caBundle }),
  };
}
