import * as fs from "node:fs";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lookAtDisk } from "../../../cli/docker/disk";
import type { Docker } from "../../../cli/docker/docker";

jest.mock("node:fs", () => ({ ...jest.requireActual<typeof fs>("node:fs"), statfsSync: jest.fn() }));

const SAID: Readonly<Record<string, string>> = {
  info: "/var/lib/docker\n",
  "system df --format": "3.5GB\tImages\n4.2GB\tLocal Volumes\n669.7MB\tBuild Cache\n",
  "system df --verbose": "4GB\tvolume guestbook-media\n12kB\tvolume guestbook-dbdata\n",
};

/** An engine; `refuses` is what a command in a container says of its disk. */
const engine = (isLocal = true, refuses = ""): { docker: Docker; calls: string[] } => {
  const calls: string[] = [];
  const docker = {
    isLocal,
    try: (args: readonly string[]) => {
      calls.push(args.join(" "));
      const [, stdout = ""] = Object.entries(SAID).find(([words]) => args.join(" ").startsWith(words)) ?? [];
      const fails = args[0] === "exec" && refuses !== "";
      return Promise.resolve({ status: fails ? 1 : 0, stdout, stderr: fails ? refuses : "" });
    },
  };
  return { docker: docker as unknown as Docker, calls };
};

/** A tenth is kept for root. */
function fill(percent: number, files = 10): void {
  const bavail = (900 * (100 - percent)) / 100;
  jest
    .mocked(fs.statfsSync)
    .mockReturnValue({ blocks: 1000, bfree: bavail + 100, bavail, files: 100, ffree: 100 - files } as never);
}

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "disk-"))));
afterEach(() => rmSync(root, { recursive: true }));

it("asks nobody what fills the disk below 80 percent, and leaves no byte behind", async () => {
  fill(79);
  const { docker, calls } = engine();
  expect(await lookAtDisk(docker, root, "web-1")).toEqual({ percent: 79, problems: [], filledBy: [] });
  expect(calls.filter((call) => call.startsWith("system"))).toEqual([]);
  expect(calls.filter((call) => call.startsWith("exec web-1 sh -c"))).toHaveLength(1);
  expect(readdirSync(join(root, ".deployment"))).toEqual([]);
});

it("says from 80 percent on what fills it, the most first", async () => {
  fill(80);
  expect(await lookAtDisk(engine().docker, root)).toEqual({
    percent: 80,
    problems: ["the disk of the engine is 80 % full; at 100 % the database stops"],
    filledBy: [
      { name: "volume guestbook-media", bytes: 4e9 },
      { name: "Images of the engine", bytes: 3.5e9 },
      { name: "Build Cache of the engine", bytes: 669_700_000 },
      { name: "volume guestbook-dbdata", bytes: 12_000 },
    ],
  });
  fill(10, 93);
  expect((await lookAtDisk(engine().docker, root)).percent).toBe(93);
});

it("says where no byte can be written", async () => {
  fill(10);
  writeFileSync(join(root, ".deployment"), "in the way");
  const { problems } = await lookAtDisk(engine(true, "sh: write error: No space left").docker, root, "web-1");
  expect(problems).toEqual([
    expect.stringMatching(/^no byte can be written to .*\.deployment: .*EEXIST/),
    "no byte can be written to the volume with /run/web: sh: write error: No space left",
  ]);
});

it("does not say how full the disk of another computer is", async () => {
  fill(99);
  expect(await lookAtDisk(engine(false).docker, root)).toEqual({ problems: [], filledBy: [] });
});
