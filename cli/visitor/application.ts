import { healthHost } from "../../application/health-host";
import type { Deployment } from "../../config/deployment";
import { type Answer, askPage } from "./request";
import { type VisitProps, type Visits, visit } from "./visit";

/** Asks the application how it is, through nginx, by a name that it accepts. @returns undefined when nothing answers */
export async function askApplication({ project }: Deployment, origin: string): Promise<Answer | undefined> {
  return askPage({ url: new URL(project.healthPath, origin), host: healthHost(project.allowedHosts) });
}

/** Visits the pages that are known: the first one, and the health page. */
export async function visitApplication(
  { project }: Deployment,
  { origin, timeout }: Pick<VisitProps, "origin" | "timeout">,
): Promise<Visits> {
  const host = healthHost(project.allowedHosts);
  const paths = [...new Set(["/", project.healthPath])];
  const otherHosts = project.allowedHosts;
  return Promise.all(paths.map((path) => visit(path, { origin, host, otherHosts, timeout })));
}
