import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { objectName, serviceOf } from "../application/application";
import { type Contestant, alternate, samplesOf } from "./contest";
import { type ContestantContainer, createArguments } from "./contestant";
import { type Result, compare } from "./report/result";
import type { Stand } from "./stand";
import { STAND } from "./stand-input";
import { type Load, type LoadRun, parseWrk, wrkArguments } from "./wrk/wrk";

const CONNECTIONS = [8, 32, 64] as const;

/** Pages of the example: what they cost tells how much of the difference is the server's. */
const PAGES = [
  { path: "/api/release/", what: "page without database" },
  { path: "/api/entries/", what: "page with database" },
] as const;

export interface WebBenchProps {
  readonly root: string;
  readonly stand: Stand;
  /** Image of wrk. */
  readonly wrk: string;
  readonly rounds: number;
  /** Of one run of wrk. */
  readonly seconds: number;
  readonly say: (line: string) => void;
}

/** Where one contestant is asked. */
interface Target {
  readonly container: string;
  readonly port: number;
  readonly close?: boolean;
}

/** The stack beside runserver, beside gunicorn without a proxy, and its static files beside a bare nginx. */
export async function benchWeb(props: WebBenchProps): Promise<Result[]> {
  const { stand, say } = props;
  const nginx = objectName(stand.application, "nginx");
  const targets: Readonly<Record<string, Target>> = {
    stack: { container: nginx, port: 8080 },
    ...(await serve(props)),
  };
  const results: Result[] = [];
  for (const { path, what } of PAGES) {
    for (const connections of CONNECTIONS) {
      say(`${what}, ${connections} connections`);
      const loads = await contest(props, targets, path, connections);
      for (const [name, aim] of Object.entries(AIMS)) {
        results.push(
          ...compareLoads(`${what}, ${connections} connections`, `beside ${name}`, loads, name, aim),
        );
      }
    }
  }
  const style = await styleOf(stand);
  const static_ = {
    stack: { container: nginx, port: 8080 },
    [BARE_NGINX]: await serveBareNginx(props, nginx),
  };
  for (const connections of CONNECTIONS) {
    say(`static file, ${connections} connections`);
    const loads = await contest(props, static_, style, connections);
    results.push(
      ...compareLoads("Static file", `${connections} connections`, loads, BARE_NGINX, { rate: 0.95 }),
    );
  }
  return results;
}

const RUNSERVER = "runserver";
const GUNICORN_KEPT = "gunicorn without a proxy, connections kept";
const GUNICORN_SAME = "gunicorn without a proxy, configured as ours";
const BARE_NGINX = "bare nginx";

const AIMS: Readonly<Record<string, { readonly rate?: number; readonly p99?: number }>> = {
  [RUNSERVER]: { rate: 1.8, p99: 1 },
  [GUNICORN_SAME]: { rate: 0.9 },
  [GUNICORN_KEPT]: {},
};

function compareLoads(
  group: string,
  what: string,
  loads: ReadonlyMap<string, readonly Load[]>,
  name: string,
  aims: { readonly rate?: number; readonly p99?: number },
): Result[] {
  const [ours, theirs] = [samplesOf(loads, "stack"), samplesOf(loads, name)];
  const failures = (all: readonly Load[]): number => all.reduce((sum, { failed }) => sum + failed, 0);
  const failed = { ours: failures(ours), theirs: failures(theirs) };
  const values = (key: "requestsPerSecond" | "p99"): [number[], number[]] => [
    ours.map((load) => load[key]),
    theirs.map((load) => load[key]),
  ];
  return [
    compare(
      {
        group,
        what: `${what}: rate`,
        unit: "requests/s",
        failed,
        aim: aims.rate === undefined ? undefined : { of: "ratio", atLeast: aims.rate },
      },
      ...values("requestsPerSecond"),
    ),
    compare(
      {
        group,
        what: `${what}: 99th percentile`,
        unit: "ms",
        aim: aims.p99 === undefined ? undefined : { of: "ratio", atMost: aims.p99 },
      },
      ...values("p99"),
    ),
  ];
}

async function contest(
  props: WebBenchProps,
  targets: Readonly<Record<string, Target>>,
  path: string,
  connections: number,
): Promise<ReadonlyMap<string, readonly Load[]>> {
  const contestants: Contestant<Load>[] = Object.entries(targets).map(
    ([name, { container, port, close }]) => ({
      name,
      measure: async () =>
        load(props, container, {
          url: `http://127.0.0.1:${port}${path}`,
          connections,
          seconds: props.seconds,
          close,
        }),
    }),
  );
  return alternate(contestants, props.rounds);
}

/** wrk in the container's own network: nothing but its loopback interface lies between. */
async function load({ stand, wrk }: WebBenchProps, container: string, run: LoadRun): Promise<Load> {
  const network = `container:${container}`;
  return parseWrk(await stand.docker.run(["run", "--rm", "--network", network, wrk, ...wrkArguments(run)]));
}

/** Starts those who serve the same image without our nginx. */
async function serve({ stand }: WebBenchProps): Promise<Record<string, Target>> {
  const { application, docker } = stand;
  const service = serviceOf(application, "web");
  const { WEB_WSGI = "", WEB_CONCURRENCY = "", WEB_THREADS = "" } = service.environment;
  const [web] = (await docker.containers(STAND)).filter(
    ({ role, status }) => role === "web" && status === "running",
  );
  if (!web) throw new Error("the stack that is measured has no web container");
  const start = async (
    key: string,
    command: readonly string[],
    environment?: ContestantContainer["environment"],
  ): Promise<Target> => {
    const name = `${STAND}-contestant-${key}`;
    await docker.run(
      createArguments(application, service, { name, image: web.imageId, command, environment }),
    );
    await docker.run(["start", name]);
    return { container: name, port: 8000 };
  };
  const targets = {
    // With the same settings as ours: only the server differs.
    [RUNSERVER]: await start("runserver", [
      "python3",
      "manage.py",
      "runserver",
      "--noreload",
      "0.0.0.0:8000",
    ]),
    [GUNICORN_KEPT]: await start("kept", [
      "gunicorn",
      ...["--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--worker-tmp-dir", "/dev/shm"],
      ...["--workers", WEB_CONCURRENCY, "--threads", WEB_THREADS, WEB_WSGI],
    ]),
    [GUNICORN_SAME]: {
      ...(await start("same", ["gunicorn", "--config", "/opt/deployment/gunicorn.conf.py", WEB_WSGI], {
        WEB_BIND: "0.0.0.0:8000",
      })),
      close: true,
    },
  };
  for (const { container, port } of Object.values(targets)) await answers(stand, container, port);
  return targets;
}

async function serveBareNginx({ root, stand }: WebBenchProps, nginx: string): Promise<Target> {
  const { application, docker } = stand;
  const [container] = await docker.inspect([nginx]);
  if (!container) throw new Error("the stack that is measured has no nginx container");
  const name = `${STAND}-contestant-nginx`;
  const service = { ...serviceOf(application, "nginx"), readOnly: false };
  const image = container.imageId;
  const command = ["-c", "/etc/nginx/bare.conf", "-g", "daemon off;"];
  const [create = "", ...rest] = createArguments(application, service, { name, image, command });
  await docker.run([create, "--entrypoint", "nginx", ...rest]);
  await docker.run(["cp", join(root, "bench", "bare-nginx.conf"), `${name}:/etc/nginx/bare.conf`]);
  await docker.run(["start", name]);
  return { container: name, port: 8080 };
}

/** Waits until a contestant answers from inside its own network. */
async function answers({ docker }: Stand, container: string, port: number): Promise<void> {
  const ask = ["exec", container, "curl", "-fsS", "-o", "/dev/null", "-H", "Host: localhost"];
  for (let attempt = 0; attempt < 60; attempt++) {
    if ((await docker.try([...ask, `http://127.0.0.1:${port}/health/`])).status === 0) return;
    await sleep(500);
  }
  throw new Error(`${container} does not answer: ${(await docker.tail(container, 5)).join("\n")}`);
}

/** The style sheet's path, as the page names it: with a hash of its content. */
async function styleOf({ port }: Stand): Promise<string> {
  const page = await (await fetch(`http://localhost:${port}/`)).text();
  const [path] = /\/static\/[^"']+\.css/.exec(page) ?? [];
  if (path === undefined) throw new Error("the example's page names no style sheet");
  return path;
}
