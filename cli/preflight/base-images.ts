import { join } from "node:path";
import { mariadbImage, nginxImage, pythonImage } from "../../application/services/images";
import type { Deployment, ImageVersion } from "../../config/deployment";
import { DeploymentError } from "../../config/errors";
import { readMachine } from "../computer/machine";
import { run } from "../computer/process";
import { machineProblems } from "../problems";
import type { Report } from "../session/progress";
import type { Workspace } from "../workspace/workspace";

/** A base image of a version that was asked for. */
export interface WantedImage {
  readonly base: "python" | "nginx" | "mariadb";
  readonly version: string;
  /** The official image. */
  readonly reference: string;
}

/** Versions that `deployment.ts` or the project asks for; any other may be replaced by one that can be had. */
export function pinnedImages(deployment: Deployment): WantedImage[] {
  const wanted = (
    { version, pinned }: ImageVersion,
    { base, reference }: Omit<WantedImage, "version">,
  ): WantedImage[] => (pinned ? [{ base, version, reference }] : []);
  return [
    ...wanted(deployment.project.python, pythonImage(deployment)),
    ...wanted(deployment.proxy.image, nginxImage(deployment)),
    ...wanted(deployment.database.image, mariadbImage(deployment)),
  ];
}

/** Has `tools/base-images` get the versions that are asked for, where this machine has only others. */
export async function provideBaseImages(
  { deployment, docker, log, root }: Workspace,
  report: Report,
): Promise<string> {
  const { images = {} } = readMachine(root);
  const lacking: WantedImage[] = [];
  for (const wanted of pinnedImages(deployment)) {
    const known = images[wanted.base] ?? wanted.reference;
    const fits = known === wanted.reference || known.endsWith(`:${wanted.version}`);
    if (!fits || (await docker.try(["image", "inspect", known])).status !== 0) lacking.push(wanted);
  }
  if (lacking.length === 0) return "as they were";
  const said: string[] = [];
  const args = lacking.map(({ base, version }) => `${base}=${version}`);
  const { status } = await run(join(root, "tools", "base-images"), args, {
    onLine: (line) => {
      said.push(line);
      log.write(line);
      report(line);
    },
  });
  if (status !== 0) throw new DeploymentError([machineProblems.noBaseImage(args.join(", "), said.slice(-5))]);
  return args.join(", ");
}
