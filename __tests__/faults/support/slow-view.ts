import { request } from "node:http";
import type { Site } from "./site";

/** Workers of web, and threads of each. */
export async function workersOf(site: Site): Promise<{ readonly workers: number; readonly threads: number }> {
  const { Config } = await site.container("web");
  const value = (name: string): number => {
    const found = Config.Env?.find((line) => line.startsWith(`${name}=`));
    if (found === undefined) throw new Error(`web's environment has no ${name}`);
    return Number(found.slice(name.length + 1));
  };
  return { workers: value("WEB_CONCURRENCY"), threads: value("WEB_THREADS") };
}

/** An answer's status, 0 without an answer, and the seconds that it took. */
export interface SlowAnswer {
  readonly status: number;
  readonly seconds: number;
}

/**
 * Asks for the page that takes so many seconds.
 *
 * @param patience seconds after which the visitor gives up
 * @param act harm that the page does first
 */
export async function askSlowly(
  site: Site,
  seconds: number,
  patience: number,
  act: "allocate" | "hold" | "" = "",
): Promise<SlowAnswer> {
  const began = Date.now();
  const status = await new Promise<number>((resolve) => {
    const asked = request(
      `${site.origin}/api/slow/?seconds=${seconds}&act=${act}`,
      { agent: false },
      (response) => {
        response.resume().on("close", () => resolve(response.statusCode ?? 0));
      },
    );
    const timer = setTimeout(() => asked.destroy(), patience * 1000);
    asked.on("error", () => resolve(0)).on("close", () => clearTimeout(timer));
    asked.end();
  });
  return { status, seconds: (Date.now() - began) / 1000 };
}
