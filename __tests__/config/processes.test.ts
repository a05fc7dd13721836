import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { loadDeployment } from "../../config/load";
import { validate } from "../../config/load/validate";
import { ROOT } from "../support/guestbook";
import { PROJECT, complaintsAbout, refusal, resolved } from "../support/reading";

const COMMAND = "python manage.py qcluster";

/** What a user reads about processes, as the schema alone sees them. */
function complaints(processes: unknown): string[] {
  return complaintsAbout({ processes });
}

it("a process is a command, with defaults for all else, in the order in which they are written", () => {
  const { processes } = resolved({
    processes: {
      worker: { command: "celery --app config worker --queues 'a b'" },
      beat: { command: "celery --app config beat", singleton: true, memory: 128, stopGrace: 5 },
    },
  });
  expect(processes).toEqual([
    {
      name: "worker",
      command: ["celery", "--app", "config", "worker", "--queues", "a b"],
      memory: 256,
      stopGrace: 30,
      count: 1,
      singleton: false,
    },
    {
      name: "beat",
      command: ["celery", "--app", "config", "beat"],
      memory: 128,
      stopGrace: 5,
      count: 1,
      singleton: true,
    },
  ]);
  expect(resolved({}).processes).toEqual([]);
});

it("what is wrong with one is said with its place, and with what would do", () => {
  const [message] = complaints({ worker: { command: "x | y" } });
  expect(message).toBe(
    [
      '✗ processes.worker.command is "x | y"',
      "    expected: a program and its arguments; what a shell would act on ($ ` | & ; < > ( ) * ? [ # ~) in single quotes",
      "    to do:    write for example command: \"sh -c 'x | y'\"",
    ].join("\n"),
  );
});

it.each([
  [{ worker: {} }, "processes.worker.command is missing"],
  [{ worker: { command: "" } }, 'processes.worker.command is ""'],
  [{ worker: { command: COMMAND, memory: 63 } }, "processes.worker.memory is 63"],
  [{ worker: { command: COMMAND, memory: 2 ** 21 } }, "processes.worker.memory is 2097152"],
  [{ worker: { command: COMMAND, stopGrace: 0 } }, "processes.worker.stopGrace is 0"],
  [{ worker: { command: COMMAND, stopGrace: 3601 } }, "processes.worker.stopGrace is 3601"],
  [{ worker: { command: COMMAND, count: 0 } }, "processes.worker.count is 0"],
  [{ worker: { command: COMMAND, count: 33 } }, "processes.worker.count is 33"],
  [{ worker: { command: COMMAND, singleton: "yes" } }, 'processes.worker.singleton is "yes"'],
  [{ worker: { comand: COMMAND, command: COMMAND } }, "processes.worker.comand is an unknown key"],
  [{ My_Worker: { command: COMMAND } }, "processes.My_Worker is no possible name"],
  [{ "a--b": { command: COMMAND } }, 'processes["a--b"] is no possible name'],
  [{ ["w".repeat(31)]: { command: COMMAND } }, `processes.${"w".repeat(31)} is no possible name`],
  [["celery"], "processes is [ 'celery' ]"],
])("%j is refused: %s", (processes, first) => {
  const found = complaints(processes);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/\n {4}expected: .+\n {4}to do: {4}.+/);
  expect(found[0]?.split("\n")[0]).toBe(`✗ ${first}`);
});

it.each(["web", "database", "nginx", "migrate", "secrets", "holder", "nginx-check", "nginx-config"])(
  "the name %s is ours",
  (name) => {
    const message = refusal({ processes: { [name]: { command: COMMAND } } });
    expect(message).toContain(`✗ processes.${name} is a name of ours`);
    expect(message).toContain(`rename it, for example to my-${name}`);
  },
);

it("a name that every object has is a name like another", () => {
  for (const memory of [256, 1_048_576]) {
    const deployment = resolved({ processes: { constructor: { command: COMMAND, memory } } });
    expect(Object.entries(deployment.memory)).toContainEqual(["constructor", memory]);
  }
});

it("a singleton can't be there several times", () => {
  expect(refusal({ processes: { beat: { command: COMMAND, singleton: true, count: 2 } } })).toBe(
    [
      "✗ processes.beat.count is 2, and it is a singleton",
      "    expected: 1 for what must never run twice",
      "    to do:    remove count, or remove singleton",
    ].join("\n"),
  );
});

describe("the memory", () => {
  it("is taken from web's, twice for what overlaps in a release", () => {
    const web = (processes: object): number => resolved({ processes }).memory["web"] ?? 0;
    const alone = web({});
    expect(web({ worker: { command: COMMAND } })).toBe(alone - 256);
    expect(web({ worker: { command: COMMAND, memory: 64, count: 2 } })).toBe(alone - 128);
    expect(web({ beat: { command: COMMAND, singleton: true } })).toBe(alone - 128);
  });

  it("must fit a figure that the user has given", () => {
    const processes = {
      worker: { command: COMMAND, memory: 512 },
      beat: { command: COMMAND, singleton: true },
    };
    const message = refusal({ processes, local: { memory: 1500 } });
    expect(message).toContain(
      "✗ local.memory is 1500, which is too little for nginx, MariaDB, two releases of Django",
    );
    expect(message).toContain("the processes and jobs (1280 MiB in a release)");
    expect(message).toContain("a process or a job may have less memory, a process a smaller count");
    expect(refusal({ local: { memory: 1024 }, proxy: { bodySize: 900 } })).not.toContain("process");
  });

  it("may be more than what is assumed, as all that is fixed may", () => {
    const { memory } = resolved({ processes: { worker: { command: COMMAND, memory: 4096, count: 32 } } });
    expect(memory).toEqual({ ...resolved({}).memory, worker: 4096 });
  });

  it("must fit the machine on AWS, and the error names one that is large enough", () => {
    const input = { host: { region: "eu-central-1", instanceType: "t4g.small" } };
    const message = refusal({ ...input, processes: { worker: { command: COMMAND, memory: 800 } } });
    expect(message).toContain(
      'host.instanceType is "t4g.small", whose 2048 MiB are too few for nginx, MariaDB and two releases of Django, the processes and jobs (1600 MiB in a release)',
    );
    expect(message).toContain('write instanceType: "t4g.medium", the smallest of its family that does');
  });
});

it("the example of the documentation is what the page says, and fits a small machine", () => {
  const page = readFileSync(join(ROOT, "docs", "own-project.md"), "utf8");
  const [, example = ""] = /## Workers\n.*?defineDeployment\((\{.*?\})\);\n```/s.exec(page) ?? [];
  const input = runInNewContext(`(${example})`) as object;
  expect(validate(input).problems).toEqual([]);
  expect(resolved(structuredClone(input)).processes).toMatchObject([
    { name: "worker", command: ["python", "manage.py", "qcluster"], count: 1 },
    { name: "scheduler", singleton: true },
  ]);
  const { processes } = input as { readonly processes: object };
  const { deployment } = loadDeployment(
    { project: PROJECT, processes: structuredClone(processes), local: { memory: 2048 } },
    ROOT,
  );
  expect(deployment.web.workers).toBeGreaterThan(1);
});
