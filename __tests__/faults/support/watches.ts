import { setTimeout as sleep } from "node:timers/promises";
import type { HealthCheck } from "../../e2e/support/docker";
import { lines } from "../../e2e/support/docker";
import type { Site } from "./site";

/** Collects the health checks that the engine runs while something is done. @returns all of them, in order */
export async function healthChecksDuring(
  site: Site,
  role: string,
  action: () => Promise<void>,
): Promise<readonly HealthCheck[]> {
  const checks = new Map<string, HealthCheck>();
  const note = async (): Promise<void> => {
    for (const check of await site.healthChecks(role).catch(() => [])) checks.set(check.Start, check);
  };
  await note();
  // Those of before say nothing.
  const before = new Set(checks.keys());
  const ended = new AbortController();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      await sleep(1500);
      await note();
    }
  })();
  try {
    await action();
  } finally {
    ended.abort();
    await watching;
  }
  return [...checks.values()].filter(({ Start }) => !before.has(Start));
}

/** Checks that failed or took longer than some seconds, in words. */
export function badChecks(checks: readonly HealthCheck[], seconds = Infinity): readonly string[] {
  return checks.flatMap(({ Start, End, ExitCode, Output }) => {
    const took = (Date.parse(End) - Date.parse(Start)) / 1000;
    return ExitCode === 0 && took <= seconds
      ? []
      : [`status ${ExitCode} after ${took.toFixed(1)} s: ${Output.trim().slice(0, 120)}`];
  });
}

const LINK = "/run/web/web.sock";
const MARK = "/tmp/faults-watch";

/** Follows nginx's upstream while something is done. @returns the sockets behind the link, in order, the first one included */
export async function socketsDuring(site: Site, action: () => Promise<void>): Promise<readonly string[]> {
  const watch = `: >${MARK}; while [ -e ${MARK} ]; do readlink ${LINK}; sleep 0.1; done`;
  const watching = site.inside("nginx", watch);
  await sleep(500);
  try {
    await action();
    await sleep(500);
  } finally {
    await site.inside("nginx", `rm -f ${MARK}`);
  }
  const { stdout } = await watching;
  return lines(stdout).filter((socket, index, all) => socket !== all[index - 1]);
}

/** Whether the link leads to the socket of the web container that runs, and that socket answers. */
export async function linkIsRight(site: Site): Promise<boolean> {
  const { Config } = await site.container("web");
  const { stdout } = await site.inside("nginx", `readlink ${LINK}`);
  return stdout.includes(Config.Hostname) && (await site.isWell());
}
