import { resolve } from "node:path";
import { Argument, Command } from "commander";
import { DeploymentError } from "../config/errors";
import type { LoadOptions } from "../config/load";
import input from "../deployment";
import { destroyData } from "./commands/local/destroy-data";
import { down } from "./commands/local/down";
import { env } from "./commands/local/env";
import { job } from "./commands/local/job";
import { type LogsOptions, logs, logsOfHost } from "./commands/local/logs";
import { type RepairAccessOptions, repairAccess } from "./commands/local/repair-access";
import { manage } from "./commands/local/manage";
import { status } from "./commands/local/status";
import { synth } from "./commands/local/synth";
import { type UpOptions, up } from "./commands/local/up";
import { deploy } from "./commands/pipeline/deploy";
import { destroyHost } from "./commands/pipeline/destroy-host";
import { type HostOptions, host } from "./commands/pipeline/host";
import { type KeysOptions, keys } from "./commands/pipeline/keys";
import { type PipelineFilesOptions, filesOfPipeline } from "./commands/pipeline/pipeline-files";
import type { RehearseOptions } from "./commands/pipeline/rehearse";
import { type ReleaseOptions, release } from "./commands/pipeline/release";
import { type RestrictKeyOptions, restrictKey } from "./commands/pipeline/restrict-key";
import { type RollbackOptions, rollback } from "./commands/pipeline/rollback";
import { sealSecrets } from "./commands/pipeline/seal";
import { onMachine } from "./host/on-machine";
import { attempt } from "./session/attempt";
import { InterruptedError } from "./session/interrupt";
import { type Workspace, openWorkspace } from "./workspace/workspace";

// Like cdktf, the commands run in the program's own folder.
const root = resolve(".");

const program = new Command("cli")
  .description("Deploys the Django application that deployment.ts describes.")
  .helpCommand(false)
  .enablePositionalOptions()
  .showHelpAfterError();

program
  .command("up")
  .description("deploy; what is there already stays as it is")
  .option(
    "--destroy-volume <name>",
    "delete this data volume first, after showing what is in it and asking (can be repeated)",
    collect,
    [],
  )
  .option("--name <name>", "the deployment's name: for scripts, which can't be asked")
  .option("--adopt <name>", "the deployment's name: take over volumes that don't say whose they are")
  .action((options: UpOptions) => performHere("up", (workspace) => up(workspace, options)));

program
  .command("down")
  .description("stop and remove the containers; all data stays")
  .action(() => performHere("down", down));

program
  .command("destroy-data")
  .description("delete the database, the uploads and all else, after asking for the deployment's name")
  .option("--name <name>", "the deployment's name: for scripts, which can't be asked")
  .action((options: { name?: string }) =>
    performHere("destroy-data", (workspace) => destroyData(workspace, options)),
  );

program
  .command("repair-access")
  .description("give access to the database again when its passwords are lost; no data is touched")
  .option("--name <name>", "the deployment's name: for scripts, which can't be asked")
  .option("--host", "on the machine on AWS")
  .action(({ host, ...options }: RepairAccessOptions & { host?: boolean }) =>
    host
      ? performOnMachine("repair-access", ...(options.name === undefined ? [] : ["--name", options.name]))
      : performHere("repair-access", (workspace) => repairAccess(workspace, options)),
  );

program
  .command("synth")
  .description("write cdktf.out from deployment.ts")
  .action(() => perform("synth", synth));

program
  .command("logs")
  .description("follow what containers write; without a role, nginx and web")
  .argument("[role]", "web, nginx, database, migrate, …")
  .option("-n, --lines <count>", "earlier lines of each container", "50")
  .option("--no-follow", "end after those")
  .option("--host", "of the machine on AWS: web, nginx or database; without a role web")
  .action((role: string | undefined, options: LogsOptions & { host?: boolean }) =>
    options.host
      ? perform("logs", (workspace) => logsOfHost(workspace, role, options))
      : performHere("logs", (workspace) => logs(workspace, role, options)),
  );

program
  .command("job")
  .description("run a job of deployment.ts now, and end with its exit status")
  .argument("<name>", "as deployment.ts calls it")
  .option("--host", "on the machine on AWS")
  .action((name: string, { host: onHost }: { host?: boolean }) =>
    onHost ? performOnMachine("job", name) : performHere("job", (workspace) => job(workspace, name)),
  );

program
  .command("status")
  .description("show what runs, which release serves and where the data is")
  .option("--json", "for programs")
  .option("--host", "of the machine on AWS")
  .action(({ host, ...options }: { json?: boolean; host?: boolean }) =>
    host
      ? performOnMachine("status", ...(options.json ? ["--json"] : []))
      : performHere("status", (workspace) => status(workspace, options)),
  );

program
  .command("keys")
  .description("make the ssh keys of the machine on AWS, those that are missing")
  .option("--renew", "though the machine was made with other keys, which are lost")
  .action((options: KeysOptions) => attempt(root, "keys", () => keys(input, root, options)));

program
  .command("host")
  .description("make the machine on AWS, or bring it to what deployment.ts says")
  .option("--plan", "say what would be done, and do nothing")
  .option("--import [volume]", "have a lost state know what AWS has; nothing is changed there")
  .option("--replace-machine <name>", "put a new machine in its place; the deployment's name, typed out")
  .option("--lose <name>", "a resource that may be lost for ever (can be repeated)", collect, [])
  .action((options: HostOptions) =>
    attempt(root, "host", async () => {
      await keysOnly();
      await performOnWorkspace("host", (workspace) => host(workspace, options));
    }),
  );

program
  .command("seal")
  .description("seal the secrets for GitHub, those that have changed; needs GITHUB_TOKEN")
  .action(() =>
    attempt(root, "seal", async () => {
      await keysOnly();
      await performOnWorkspace("seal", sealSecrets);
    }),
  );

program
  .command("deploy")
  .description("keys, sealed secrets, the machine on AWS and the repository on GitHub")
  .action(() =>
    attempt(root, "deploy", async () => {
      await keysOnly();
      await performOnWorkspace("deploy", sealSecrets);
      // Read anew: GitHub has said by which subject its tokens name the repository.
      await performOnWorkspace("deploy", deploy);
    }),
  );

program
  .command("destroy-host")
  .description("terminate the machine on AWS; its data, address and backups stay")
  .option("--name <name>", "the deployment's name: for scripts, which can't be asked")
  .action((options: { name?: string }) =>
    perform("destroy-host", (workspace) => destroyHost(workspace, options)),
  );

program
  .command("release")
  .description("release the project to the machine on AWS, without GitHub")
  .option(
    "--refresh",
    "make what serves once more, of base images and packages of today; no code is released",
  )
  .action((options: ReleaseOptions) => perform("release", (workspace) => release(workspace, options)));

program
  .command("restrict-key")
  .description("let the deploy key do verbs only, on a machine that was made before")
  .option("--session-manager", "though no other key opens a shell then")
  .action((options: RestrictKeyOptions) =>
    perform("restrict-key", (workspace) => restrictKey(workspace, options)),
  );

program
  .command("rollback")
  .description("make an earlier release on the machine serve again; without a name the one before")
  .argument("[release]", 'as "releases" calls it')
  .option("--anyway", "though the database's schema stands in the way")
  .action((name: string | undefined, options: RollbackOptions) =>
    perform("rollback", (workspace) => rollback(workspace, name, options)),
  );

program
  .command("releases")
  .description("what was released to the machine, the newest first")
  .option("--json", "for programs")
  .action((options: { json?: boolean }) => performOnMachine("releases", ...(options.json ? ["--json"] : [])));

program
  .command("manage")
  .description("the project's manage.py; on the machine, where deployment.ts has one: manage createsuperuser")
  .argument("<arguments...>", "of manage.py")
  .passThroughOptions()
  .allowUnknownOption()
  .action((words: readonly string[]) =>
    perform("manage", (workspace) =>
      workspace.deployment.host ? onMachine(workspace, "manage", ...words) : manage(workspace, words),
    ),
  );

program
  .command("shell")
  .description("a shell beside the release that serves on the machine")
  .action(() => performOnMachine("shell"));

program
  .command("maintenance")
  .description('have the machine answer every visitor "back in a moment", or no longer')
  .addArgument(new Argument("<on|off>").choices(["on", "off"]))
  .action((way: string) => performOnMachine("maintenance", way));

program
  .command("pipeline-files")
  .description("write the workflow and the folder deploy/ into the project's repository")
  .option("--check", "write nothing; exit status 1 and a list when they differ")
  .action((options: PipelineFilesOptions) =>
    performHere("pipeline-files", (workspace) => filesOfPipeline(workspace, options)),
  );

program
  .command("rehearse")
  .description("rehearse the whole pipeline on this machine: AWS, GitHub, a push, the served page")
  .option(
    "--fault <names>",
    "inject these faults while a push is on its way (a,b or all); an unknown one lists them",
  )
  .option("--json", "the report for programs; the steps go to standard error")
  .action((options: RehearseOptions) =>
    attempt(root, "rehearse", async () => {
      // Fakes are half a program of their own.
      const { rehearse } = await import("./commands/pipeline/rehearse");
      process.exitCode = await rehearse(input, root, options);
    }),
  );

program
  .command("env")
  .description("print what plain cdktf and terraform need on this machine, as lines of a shell")
  .action(() => performHere("env", env));

/** Runs a command, and says what went wrong in the way that suits it. */
function perform(name: string, action: (workspace: Workspace) => Promise<void>): Promise<void> {
  return attempt(root, name, () => performOnWorkspace(name, action));
}

/** The same for what concerns only this machine and the project: a colleague, or CI, has no keys of the one on AWS. */
function performHere(name: string, action: (workspace: Workspace) => Promise<void>): Promise<void> {
  return attempt(root, name, () => performOnWorkspace(name, action, { withKeys: false }));
}

/** Has the machine's release program do something. */
function performOnMachine(name: string, ...words: readonly string[]): Promise<void> {
  return perform(name, (workspace) => onMachine(workspace, name, ...words));
}

async function performOnWorkspace(
  name: string,
  action: (workspace: Workspace) => Promise<void>,
  options: LoadOptions = {},
): Promise<void> {
  const workspace = await openWorkspace(input, root, name, options);
  // Ctrl-C ends the logs that are followed, and the job, which has its own last words: nothing to say about it.
  const ask =
    name === "logs" || name === "job" ? "" : "\nStopping: what was begun is brought to an end first.\n";
  workspace.interrupt.listen((again) => {
    process.stderr.write(
      again && ask !== ""
        ? "\nStill stopping. Please wait: what is cut off now has to be put right later.\n"
        : ask,
    );
  });
  try {
    await action(workspace);
  } catch (error) {
    // Ctrl-C ends the programs that we have started, too: their errors are no news then.
    if (workspace.interrupt.requested && !(error instanceof DeploymentError)) throw new InterruptedError();
    throw error;
  }
}

/** The keys come before all else: a deployment with a host can't be read without them. */
async function keysOnly(): Promise<void> {
  await keys(input, root);
}

function collect(name: string, names: readonly string[]): string[] {
  return [...names, name];
}

// After this file was read to its end: what ends the program before is taken for a deployment.ts that does (tools/bundle.mjs),
// and the help of a command ends it. What deployment.ts has left open, a timer for example, keeps no command from ending.
void Promise.resolve()
  .then(() => program.parseAsync())
  .then(() => process.exit());
