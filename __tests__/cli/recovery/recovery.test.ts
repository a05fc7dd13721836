import type { Container } from "../../../cli/docker/container";
import { type Recovery, type Survey, decideRecovery } from "../../../cli/recovery/recovery";
import type { StateObject } from "../../../cli/terraform/state";
import { container, ended, known, wanted } from "../support/engine";

const NETWORK = { id: "network-1", name: "guestbook" };

interface Situation {
  readonly containers?: readonly Container[];
  readonly networks?: Survey["networks"];
  readonly dataState?: readonly StateObject[];
  readonly databaseState?: readonly StateObject[];
  readonly localState?: readonly StateObject[];
  readonly serving?: string;
}

/** What `make up` meets, and what it would do about it, a line each. */
function decide({
  containers = [],
  networks = [],
  dataState = [],
  databaseState = [],
  localState = [],
  serving,
}: Situation): string[] {
  const file = { volumes: [], images: [], networks: [] };
  return decideRecovery({
    containers,
    networks,
    serving,
    stacks: [
      {
        id: "local-data",
        file: { ...file, containers: [wanted("holder")] },
        state: { objects: dataState },
      },
      {
        id: "local-database",
        file: {
          ...file,
          networks: [{ address: "docker_network.network", name: "guestbook" }],
          containers: [wanted("secrets", true), wanted("database")],
        },
        state: { objects: databaseState },
      },
      {
        id: "local",
        file: { ...file, containers: [wanted("nginx"), wanted("migrate", true), wanted("web")] },
        state: { objects: localState },
      },
    ],
  }).map(tell);
}

function tell(action: Recovery): string {
  switch (action.kind) {
    case "adopt":
      return `${action.stack}: adopt ${action.id} as ${action.address}${action.stale ? " instead of what is gone" : ""}`;
    case "accept":
      return `${action.stack}: accept ${action.address}`;
    default:
      return `${action.kind} ${action.container.id}`;
  }
}

const running = {
  networks: [NETWORK],
  containers: [
    ended("secrets"),
    container("database"),
    container("nginx"),
    ended("migrate"),
    container("web"),
  ],
  serving: "web-1",
};

const databaseState = [
  known("docker_network.network", "network-1"),
  known("docker_container.secrets", "secrets-1"),
  known("docker_container.database", "database-1"),
];

const localState = [
  known("docker_container.nginx", "nginx-1"),
  known("docker_container.migrate", "migrate-1"),
  known("docker_container.web", "web-1"),
];

describe("an engine that is as the states say", () => {
  it("needs nothing", () => expect(decide({ ...running, databaseState, localState })).toEqual([]));

  it("needs nothing before the first deployment", () => expect(decide({})).toEqual([]));

  it("needs nothing after a down, which leaves the holder", () =>
    expect(
      decide({
        containers: [container("holder", { health: undefined })],
        dataState: [known("docker_container.holder", "holder-1")],
      }),
    ).toEqual([]));

  it("takes over a holder that no state knows, and doesn't wait for it to end", () =>
    expect(decide({ containers: [container("holder", { health: undefined })] })).toEqual([
      "local-data: adopt holder-1 as docker_container.holder",
    ]));

  it("needs nothing after a down with nothing left", () =>
    expect(decide({ networks: [], containers: [] })).toEqual([]));
});

describe("a state that was lost, or that a second clone never had", () => {
  it("takes over what serves and holds data, and lets tasks run again", () =>
    expect(decide(running)).toEqual([
      "local-database: adopt network-1 as docker_network.network",
      "local-database: adopt database-1 as docker_container.database",
      "local: adopt nginx-1 as docker_container.nginx",
      "local: adopt web-1 as docker_container.web",
      "remove secrets-1",
      "remove migrate-1",
    ]));

  it("takes over the web container that serves, not the newest", () => {
    const containers = [container("web", { id: "web-2" }), container("web")];
    expect(decide({ containers, serving: "web-1" })).toEqual([
      "local: adopt web-1 as docker_container.web",
      "remove web-2",
    ]);
  });

  it("takes over a healthy web container when nobody can say which one serves", () => {
    const containers = [container("web", { id: "web-2", health: "starting" }), container("web")];
    expect(decide({ containers })).toEqual(["local: adopt web-1 as docker_container.web", "remove web-2"]);
  });

  it("doesn't take over what does not run: its name would be in the way, its data is in the volume", () => {
    const containers = [
      container("database", { status: "exited", health: undefined }),
      container("web", { health: "unhealthy" }),
    ];
    expect(decide({ containers })).toEqual(["remove database-1", "remove web-1"]);
  });

  it("forgets what another clone has replaced since", () => {
    const stale = [known("docker_container.web", "web-0"), known("docker_container.nginx", "nginx-1")];
    expect(
      decide({ containers: [container("nginx"), container("web")], localState: stale, serving: "web-1" }),
    ).toEqual(["local: adopt web-1 as docker_container.web instead of what is gone"]);
  });
});

describe("a run that was killed", () => {
  it("leaves a web container that no state knows: it goes before it can take the traffic", () => {
    const containers = [...running.containers, container("web", { id: "web-2", health: "starting" })];
    expect(decide({ ...running, databaseState, localState, containers })).toEqual(["remove web-2"]);
  });

  it("leaves one that has taken the traffic already: the known one has it back at once", () => {
    const containers = [...running.containers, container("web", { id: "web-2" })];
    expect(decide({ ...running, databaseState, localState, containers, serving: "web-2" })).toEqual([
      "remove web-2",
    ]);
  });

  it("leaves one that is all that serves, since the known one is broken: it is kept in its place", () => {
    const containers = [
      container("web", { status: "exited", health: undefined }),
      container("web", { id: "web-2" }),
    ];
    const state = [known("docker_container.web", "web-1")];
    expect(decide({ containers, localState: state, serving: "web-2" })).toEqual([
      "local: adopt web-2 as docker_container.web instead of what is gone",
      "remove web-1",
    ]);
  });

  it("leaves a migration at work: nothing else is done before it has ended", () => {
    const migrate = container("migrate", { id: "migrate-2", health: undefined });
    const containers = [...running.containers, migrate, container("web", { id: "web-2" })];
    expect(decide({ ...running, databaseState, localState, containers })).toEqual(["wait migrate-2"]);
  });

  it("leaves a task that is known and at work: it is waited for as well", () => {
    const containers = [container("migrate", { health: undefined })];
    expect(decide({ containers, localState: [known("docker_container.migrate", "migrate-1")] })).toEqual([
      "wait migrate-1",
    ]);
  });

  it("leaves a container that was made and never started", () =>
    expect(decide({ containers: [container("nginx", { status: "created", health: undefined })] })).toEqual([
      "remove nginx-1",
    ]));
});

describe("a role that this version doesn't know", () => {
  it.each(["running", "exited"] as const)("is neither waited for nor removed (%s)", (status) => {
    const worker = container("worker", { status, health: undefined, exitCode: 1 });
    expect(
      decide({ ...running, databaseState, localState, containers: [...running.containers, worker] }),
    ).toEqual([]);
    // Also where the state is lost.
    expect(decide({ containers: [worker] })).toEqual([]);
  });

  it("keeps no other container from being waited for: a task of the other profile is one", () =>
    expect(decide({ containers: [container("worker"), container("nginx-check")] })).toEqual([
      "wait nginx-check-1",
    ]));
});

describe("an apply that has failed", () => {
  it("leaves a task that failed: it must run again, though the state knows it", () => {
    const containers = [ended("migrate", 1)];
    const state = [known("docker_container.migrate", "migrate-1")];
    expect(decide({ containers, localState: state })).toEqual(["remove migrate-1"]);
  });

  it("leaves the old release deposed and serving: it stays until a release has come through", () => {
    const containers = [container("web")];
    const state = [known("docker_container.web", "web-1", { deposed: true })];
    expect(decide({ containers, localState: state, serving: "web-1" })).toEqual([]);
  });

  it("leaves a release that goes on crashing: it goes, the deposed one stays", () => {
    const containers = [container("web"), container("web", { id: "web-2", health: "starting", restarts: 9 })];
    const state = [
      known("docker_container.web", "web-1", { deposed: true }),
      known("docker_container.web", "web-2", { tainted: true }),
    ];
    expect(decide({ containers, localState: state, serving: "web-1" })).toEqual(["remove web-2"]);
  });

  it("on a database that has come up since keeps it: replacing it would stop it", () => {
    const state = [known("docker_container.database", "database-1", { tainted: true })];
    expect(decide({ containers: [container("database")], databaseState: state })).toEqual([
      "local-database: accept docker_container.database",
    ]);
    expect(
      decide({ containers: [container("database", { health: "starting" })], databaseState: state }),
    ).toEqual([]);
  });
});

describe("a process of deployment.ts with several containers", () => {
  const LABELS = { "django-deployment.kind": "process" };
  const worker = (id: string, more: Partial<Container> = {}): Container =>
    container("worker", { id, labels: LABELS, ...more });
  const at = (index: number): string => `docker_container.worker[${index}]`;
  const file = { volumes: [], images: [], networks: [] };
  const decided = (containers: readonly Container[], objects: readonly StateObject[], count = 2): string[] =>
    decideRecovery({
      containers,
      networks: [],
      stacks: [
        {
          id: "local",
          file: {
            ...file,
            containers: Array.from({ length: count }, (_, index) => ({
              ...wanted("worker"),
              address: at(index),
            })),
          },
          state: { objects },
        },
      ],
    }).map(tell);

  it("is taken over container by container, each at an address of its own", () =>
    expect(decided([worker("a"), worker("b"), worker("c")], [])).toEqual([
      `local: adopt a as ${at(0)}`,
      `local: adopt b as ${at(1)}`,
      "remove c",
    ]));

  it("is left as it is when the state knows it, also when fewer are wanted", () => {
    const objects = [known(at(0), "a"), known(at(1), "b")];
    expect(decided([worker("a"), worker("b")], objects)).toEqual([]);
    expect(decided([worker("a"), worker("b")], objects, 1)).toEqual([]);
    // What another address has is not taken over: the state would know it twice.
    expect(decided([worker("b")], objects, 1)).toEqual([]);
  });

  it("goes when it failed, or when deployment.ts no longer names it and no state knows it", () => {
    const failed = worker("a", { health: "starting" });
    expect(decided([failed], [known(at(0), "a", { tainted: true })], 0)).toEqual(["remove a"]);
    expect(decided([worker("a")], [], 0)).toEqual(["remove a"]);
    // A container with a role that this version doesn't know, and without the label, is left alone.
    expect(decided([container("later", { id: "x" })], [], 0)).toEqual([]);
  });
});
