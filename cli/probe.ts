import { request } from "node:http";
import type { Deployment } from "../config/deployment";

/** What a web server answered. */
export interface Answer {
  readonly status: number;
}

/**
 * Asks for a page, as a browser would.
 *
 * @param host the name to ask for, which need not be the one to connect to: Django and nginx refuse others
 * @param timeout milliseconds
 * @returns undefined when nothing answers
 */
export async function probe(url: URL, host: string, timeout = 5000): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const asked = request(url, { headers: { Host: host }, timeout, agent: false }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(undefined));
    asked.end();
  });
}

/** Asks the application how it is, through nginx, by a name that it accepts. */
export async function askApplication({ project }: Deployment, url: string): Promise<Answer | undefined> {
  const [host = "localhost"] = project.allowedHosts;
  return probe(new URL(project.healthPath, url), host.startsWith(".") ? `www${host}` : host);
}
