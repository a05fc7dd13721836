import { request } from "node:http";

/** What a web server answered; undefined when it did not. */
export interface Answer {
  readonly status: number;
}

/**
 * Asks for a page, as a browser would.
 *
 * @param host the name to ask for, which need not be the one to connect to: Django and nginx refuse others
 * @param timeout milliseconds
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
