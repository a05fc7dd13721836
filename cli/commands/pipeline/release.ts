import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { DeploymentError } from "../../../config/errors";
import { interact, run } from "../../computer/process";
import { HostShell } from "../../host/ssh";
import { machineProblems } from "../../problems";
import { write } from "../../session/progress";
import { requireHost } from "../../workspace/sections";
import { synthesizeWorkspace } from "../../workspace/synthesis";
import type { Workspace } from "../../workspace/workspace";

/** How a release is asked for. */
export interface ReleaseOptions {
  /** Make what serves once more, of base images and packages of today. @default what lies in the project's folder */
  readonly refresh?: boolean;
}

/** Releases what lies in the project's folder to the machine on AWS, without GitHub: by the steps of the workflow. */
export async function release(workspace: Workspace, { refresh = false }: ReleaseOptions = {}): Promise<void> {
  const { root, outdir, deployment, lock } = workspace;
  const host = new HostShell(root, requireHost(workspace));
  await lock.take("release", write);
  await synthesizeWorkspace(workspace);
  const commit = await commitOf(deployment.project.folder);
  const id = `${timestamp(new Date())}-${commit?.slice(0, 7) ?? "local"}`;
  const folder = refresh ? "" : layOut(workspace);
  const env = {
    RELEASE: folder,
    RELEASE_ID: id,
    SSH_CONFIG: host.config,
    HOST: host.address,
    GITHUB_SHA: commit ?? "",
    GITHUB_ACTOR: userInfo().username,
    // Who sits before it is told at once when another one is at work.
    RELEASE_WAIT: "0",
    // These are the runner's.
    STEPS: "",
    GITHUB_ACTIONS: "",
  };
  const step = async (script: string, what: string): Promise<void> => {
    const status = await interact("bash", [join(outdir, "host", "deploy", "runner", script)], env);
    if (status !== 0) throw new DeploymentError([machineProblems.releaseFailed(what)]);
  };
  await step("wait-for-host", "wait for the machine");
  if (refresh) {
    await step("refresh", "be refreshed");
  } else {
    await step("upload", "be copied there");
    await step("release", "begin to serve");
  }
  for (const notice of workspace.notices) write(`note: ${notice}`);
}

/** A folder with what the scripts copy: the image's build context and `.env`. */
function layOut({ root, outdir, deployment }: Workspace): string {
  const folder = join(root, ".deployment", "release");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  cpSync(join(outdir, "application", "context"), join(folder, "context"), {
    recursive: true,
    verbatimSymlinks: true,
  });
  const { envFile } = deployment.project;
  if (envFile && existsSync(envFile.path)) cpSync(envFile.path, join(folder, ".env"));
  return folder;
}

/** Commit of the project's folder; undefined when it is no clone. */
async function commitOf(folder: string): Promise<string | undefined> {
  const { status, stdout } = await run("git", ["-C", folder, "rev-parse", "HEAD"]);
  return status === 0 ? stdout.trim() : undefined;
}

/** `20261124T190533Z`: releases are sorted by it. */
function timestamp(now: Date): string {
  return now.toISOString().replace(/[-:]|\.\d+/g, "");
}
