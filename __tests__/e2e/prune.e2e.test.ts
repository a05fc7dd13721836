import { Clone, freePort } from "./support/clone";
import { LONG, MINUTE } from "./support/counts";
import { Docker, lines } from "./support/docker";
import { NestedEngine } from "./support/engine";
import { succeeded } from "./support/run";

/** The image of Python whose Debian has that version of Docker. The older one takes another base image. */
const ENGINES = [
  ...(LONG ? [{ docker: /^20\.10\./, python: "3.11" }] : []),
  { docker: /^26\./, python: "3.13" },
];

describe.each(ENGINES)("on a Docker engine of $docker", ({ docker: expected, python }) => {
  let clone: Clone;
  let engine: NestedEngine;
  let inner: Docker;

  beforeAll(async () => {
    const web = await freePort();
    // A clone of its own: this one's machine.json then names that version.
    const builder = await Clone.create(`prune-base-${python.replace(".", "-")}`);
    succeeded(await builder.shell(`tools/base-images python=${python}`), "tools/base-images");
    const images = (JSON.parse(builder.read(".deployment/machine.json")) as { images?: { python?: string } })
      .images;
    engine = await NestedEngine.start(
      `e2e-prune-${python}`,
      web,
      images?.python ?? `python:${python}-slim-${python === "3.11" ? "bookworm" : "trixie"}`,
    );
    expect(await engine.version()).toMatch(expected);
    inner = new Docker(engine.host);
    clone = await Clone.create(`prune-${python.replace(".", "-")}`, { dockerHost: engine.host, port: web });
    clone.configure({ local: { address: "0.0.0.0" } });
    await clone.mustMake("up");
    expect((await clone.sign("before")).status).toBe(201);
  }, 15 * MINUTE);

  /** Deletes all that the engine takes for unused. */
  async function prune(): Promise<void> {
    await inner.run(["system", "prune", "--all", "--force", "--volumes"]);
    // From 23 on "system prune" leaves volumes with a name; this one does not. 20.10 knows no --all.
    const all = (await engine.version()).startsWith("20.") ? [] : ["--all"];
    await inner.run(["volume", "prune", "--force", ...all]);
  }

  it(
    "everything unused is pruned while the deployment runs: nothing of it is lost, and it is released again",
    async () => {
      const before = await inner.volumes(clone.name);
      await prune();
      expect(await inner.volumes(clone.name)).toEqual(before);
      await engine.loadBaseImages();
      clone.release(2);
      await clone.mustMake("up");
      expect(await clone.serving()).toBe("2");
      expect(await clone.entries("before")).toEqual(["before"]);
    },
    8 * MINUTE,
  );

  it(
    "the same while it is down: the holder keeps every volume with data",
    async () => {
      await clone.mustMake("down");
      // It stays nameless volumes' end: the prune must have had something to delete.
      await inner.run(["volume", "create", "of-nobody"]);
      const before = (await inner.volumes(clone.name)).filter((name) => !name.endsWith("-nginx"));
      await prune();
      expect((await inner.volumes(clone.name)).filter((name) => !name.endsWith("-nginx"))).toEqual(before);
      expect(lines(await inner.run(["volume", "ls", "-q"]))).not.toContain("of-nobody");
      await engine.loadBaseImages();
      await clone.mustMake("up");
      expect(await clone.entries("before")).toEqual(["before"]);
      expect((await clone.sign("after")).status).toBe(201);
    },
    10 * MINUTE,
  );

  it(
    "make destroy-data ends the holder and deletes the volumes",
    async () => {
      await clone.mustMake("destroy-data", { args: `--name ${clone.name}` });
      expect(await clone.containers()).toEqual([]);
      expect(await inner.volumes(clone.name)).toEqual([]);
    },
    4 * MINUTE,
  );
});
