import { request } from "node:http";

/** What a web server answered. */
export interface Answer {
  readonly status: number;
  /** Where it sends the visitor, as it says it. */
  readonly location?: string;
  /** Cookies that it gives, `name=value`. */
  readonly cookies: readonly string[];
}

export interface Question {
  /** Where to connect to, and the path. */
  readonly url: URL;
  /** The name to ask for, which need not be the one to connect to: Django and nginx refuse others. */
  readonly host: string;
  /** Cookies of earlier answers, `name=value`. @default none */
  readonly cookies?: readonly string[];
  /** Milliseconds. @default 5000 */
  readonly timeout?: number;
}

/** Asks for a page, as a browser would. @returns undefined when nothing answers */
export async function askPage({
  url,
  host,
  cookies = [],
  timeout = 5000,
}: Question): Promise<Answer | undefined> {
  const headers = { Host: host, ...(cookies.length > 0 && { Cookie: cookies.join("; ") }) };
  return new Promise((resolve) => {
    const asked = request(url, { headers, timeout, agent: false }, (response) => {
      response.resume();
      const given = response.headers["set-cookie"] ?? [];
      resolve({
        status: response.statusCode ?? 0,
        location: response.headers.location,
        cookies: given.map((cookie) => cookie.split(";")[0] ?? ""),
      });
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(undefined));
    asked.end();
  });
}
