import { type Status, describeStatus } from "../../../../cli/commands/local/status";
import { formatTable } from "../../../../cli/session/table";

const container = {
  role: "web",
  name: "brave_bell",
  id: "0123",
  status: "running",
  health: "healthy",
  exitCode: 0,
  restarts: 0,
  startedAt: "2026-01-01T00:00:00Z",
  image: "sha256:0123456789abcdef",
  serves: true,
  release: 41,
};

const status: Status = {
  name: "guestbook",
  url: "http://localhost:8080/",
  containers: [
    container,
    {
      ...container,
      role: "migrate",
      status: "exited",
      health: undefined,
      exitCode: 1,
      serves: false,
      release: undefined,
    },
    { ...container, role: "nginx", restarts: 2, serves: false, release: undefined, image: "nginx:1.28" },
  ],
  jobs: [],
  volumes: [{ name: "guestbook-dbdata", holds: "the database" }],
};

describe("status", () => {
  it("shows what runs, who serves and where the data is", () =>
    expect(describeStatus(status).split("\n")).toEqual([
      "guestbook: http://localhost:8080/",
      "",
      "web      brave_bell  running, healthy              serves  release 41  0123456789ab",
      "migrate  brave_bell  ended with exit status 1                          0123456789ab",
      "nginx    brave_bell  running, healthy, 2 restarts                      nginx:1.28",
      "",
      "guestbook-dbdata  the database",
    ]));

  it("shows what is wrong with the disk, and what fills it", () => {
    const disk = {
      percent: 83,
      problems: ["the disk of the engine is 83 % full; at 100 % the database stops"],
      filledBy: [
        { name: "volume guestbook-media", bytes: 12_340_000_000 },
        { name: "Images of the engine", bytes: 3_500_000_000 },
      ],
    };
    expect(
      describeStatus({ ...status, disk })
        .split("\n")
        .slice(-4),
    ).toEqual([
      "",
      "! the disk of the engine is 83 % full; at 100 % the database stops",
      "  12.34 GB  volume guestbook-media",
      "  3.50 GB   Images of the engine",
    ]);
    const well = { percent: 40, problems: [], filledBy: [] };
    expect(describeStatus({ ...status, disk: well })).toBe(describeStatus(status));
  });

  it("shows the jobs: when a host runs them, and how their last run here ended", () => {
    const startedAt = "2026-11-27T10:00:00Z";
    const jobs: Status["jobs"] = [
      { name: "clean", schedule: "0 3 * * *" },
      { name: "load", last: { status: "running", exitCode: 0, startedAt } },
      { name: "send", last: { status: "exited", exitCode: 3, startedAt } },
    ];
    expect(describeStatus({ ...status, containers: [], jobs }).split("\n")).toEqual([
      "guestbook: down",
      "",
      "job clean  0 3 * * * UTC on the host  has not run here",
      "job load   by hand                    running, began 2026-11-27T10:00:00Z",
      "job send   by hand                    ended with exit status 3, began 2026-11-27T10:00:00Z",
      "",
      "guestbook-dbdata  the database",
    ]);
  });

  it("says that nothing runs, and that the data is there", () =>
    expect(describeStatus({ ...status, containers: [] })).toBe(
      "guestbook: down\n\nguestbook-dbdata  the database",
    ));

  it("says what to do when nothing is there at all", () =>
    expect(describeStatus({ ...status, containers: [], volumes: [] })).toContain('"make up" deploys it'));
});

describe("a table", () => {
  it("has columns as wide as they must be, and none that is empty", () =>
    expect(
      formatTable([
        ["a", "", "long"],
        ["bbb", "", "x"],
      ]),
    ).toBe("a    long\nbbb  x"));

  it("may have no rows", () => expect(formatTable([])).toBe(""));
});
