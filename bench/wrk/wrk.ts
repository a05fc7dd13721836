/** What one run of wrk has measured. */
export interface Load {
  readonly requestsPerSecond: number;
  /** Milliseconds within which 99 % of the answers came. */
  readonly p99: number;
  /** Requests that got no answer, or none with a status of 2xx or 3xx. */
  readonly failed: number;
}

/** One run of wrk. */
export interface LoadRun {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Has the server close the connection after each answer. @default false */
  readonly close?: boolean;
}

/** wrk's arguments. */
export function wrkArguments({ url, connections, seconds, close = false }: LoadRun): string[] {
  return [
    "--threads",
    "1",
    "--connections",
    String(connections),
    "--duration",
    `${seconds}s`,
    "--latency",
    "--header",
    "Host: localhost",
    ...(close ? ["--header", "Connection: close"] : []),
    url,
  ];
}

/** Milliseconds of wrk's units. */
const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** @throws when the output isn't that of a finished run with `--latency` */
export function parseWrk(output: string): Load {
  // The line before them says "99.50%" too: only those of the distribution begin with it.
  const [, amount, unit = ""] = /^\s+99%\s+([\d.]+)(us|ms|s|m)$/m.exec(output) ?? [];
  const rate = /^Requests\/sec:\s+([\d.]+)$/m.exec(output)?.[1];
  const factor = UNITS[unit];
  if (amount === undefined || rate === undefined || factor === undefined) {
    throw new Error(`wrk did not finish; it said: ${output.trim() || "nothing"}`);
  }
  const statuses = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output);
  const sockets = (errors?.slice(1) ?? []).reduce((sum, count) => sum + Number(count), 0);
  return { requestsPerSecond: Number(rate), p99: Number(amount) * factor, failed: statuses + sockets };
}
