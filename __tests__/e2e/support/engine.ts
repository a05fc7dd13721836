import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readMachine } from "../../../cli/computer/machine";
import { PRIVILEGES } from "../../../rehearsal/host/host";
import { ROOT } from "../../support/guestbook";
import { freePort } from "./clone";
import { KEEP } from "./counts";
import { Docker } from "./docker";
import { mustRun, processTree, waitFor } from "./run";

/** A Docker engine in a container: a machine that tests may treat as they like. */
export class NestedEngine {
  private readonly outer = new Docker();

  private constructor(
    private readonly id: string,
    /** Its address, for DOCKER_HOST. */
    public readonly host: string,
  ) {}

  /**
   * @param port port of this machine that leads to the same one of the nested machine
   * @param debian image of a Debian whose Docker it is: bookworm has 20.10, trixie 26.1. @default trixie's, as the
   * image of Python has it
   */
  public static async start(name: string, port: number, debian?: string): Promise<NestedEngine> {
    const { images = {} } = readMachine(ROOT);
    const outer = new Docker();
    const from = debian ?? images.python;
    const image = `django-deployment/test-engine:${(from ?? "python").replace(/[^a-z0-9.]+/g, "-")}`;
    const folder = join(ROOT, "__tests__", "e2e", "support", "engine");
    const base = from === undefined ? [] : ["--build-arg", `BASE=${from}`];
    // The classic builder is on every engine.
    await outer.run(["build", "--quiet", "--tag", image, ...base, folder], { env: { DOCKER_BUILDKIT: "0" } });
    await outer.try(["rm", "--force", "--volumes", name]);
    const api = await freePort();
    const ports = [`127.0.0.1:${api}:2375`, `127.0.0.1:${port}:${port}`].flatMap((mapping) => [
      "--publish",
      mapping,
    ]);
    const id = await outer.run(["run", "--detach", "--name", name, ...PRIVILEGES, ...ports, image]);
    const engine = new NestedEngine(id.trim(), `tcp://127.0.0.1:${api}`);
    created.push(engine);
    await engine.answers();
    await engine.loadBaseImages();
    return engine;
  }

  /** No registry may be in reach: it gets the base images that this machine has. */
  public async loadBaseImages(): Promise<void> {
    const own = Object.values(readMachine(ROOT).images ?? {});
    if (own.length === 0) return;
    await mustRun("bash", [
      "-c",
      `set -o pipefail; docker save ${own.join(" ")} | DOCKER_HOST=${this.host} docker load`,
    ]);
  }

  /** The engine's version. */
  public async version(): Promise<string> {
    return (await new Docker(this.host).run(["version", "--format", "{{.Server.Version}}"])).trim();
  }

  /** Kills the engine, and nothing else. Its supervisor starts it again. */
  public async killEngine(): Promise<void> {
    const [{ State } = { State: { Pid: 0 } }] = JSON.parse(await this.outer.run(["inspect", this.id])) as {
      State: { Pid: number };
    }[];
    const engines = processTree(State.Pid).filter((pid) => nameOf(pid) === "dockerd");
    if (engines.length === 0) throw new Error("the nested machine has no dockerd");
    for (const pid of engines) process.kill(pid, "SIGKILL");
  }

  /** Cuts the power of the whole machine, and switches it on again. */
  public async cutPower(): Promise<void> {
    await this.outer.run(["kill", this.id]);
    await this.outer.run(["start", this.id]);
  }

  /** Waits until the engine answers. */
  public async answers(): Promise<void> {
    await waitFor("the nested engine answers", 60, async () => {
      const { status } = await new Docker(this.host).try(["version"]);
      return status === 0 ? true : undefined;
    });
  }

  public async dispose(): Promise<void> {
    if (!KEEP) await this.outer.try(["rm", "--force", "--volumes", this.id]);
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

const created: NestedEngine[] = [];
afterAll(async () => {
  for (const engine of created) await engine.dispose();
}, 60_000);
