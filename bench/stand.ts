import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { applicationOf } from "../application/model";
import type { Application } from "../application/application";
import { Docker } from "../cli/docker/docker";
import { run } from "../cli/computer/process";
import { readEnvironment } from "../config/environment";
import { loadDeployment } from "../config/load";
import { STAND, standInput } from "./stand-input";

/** The deployment that is measured: the example, brought up by our own commands, with data and state of its own. */
export class Stand {
  public readonly docker: Docker;
  public readonly application: Application;

  private constructor(
    private readonly root: string,
    private readonly folder: string,
    public readonly port: number,
  ) {
    const { deployment } = loadDeployment(standInput(port), folder);
    this.application = applicationOf(deployment);
    this.docker = new Docker(readEnvironment().dockerHost);
  }

  /**
   * Lays out a folder like the program's own. What a run that was killed has left is removed.
   *
   * @param root the program's own folder; absolute
   */
  public static async prepare(root: string): Promise<Stand> {
    const folder = join(root, ".deployment", "bench", "stand");
    mkdirSync(join(folder, ".deployment"), { recursive: true });
    for (const link of ["assets", "tools"]) {
      rmSync(join(folder, link), { force: true });
      symlinkSync(join(root, link), join(folder, link));
    }
    const machine = join(".deployment", "machine.json");
    if (existsSync(join(root, machine))) copyFileSync(join(root, machine), join(folder, machine));
    cpSync(join(root, "examples", "guestbook"), join(folder, "guestbook"), { recursive: true });
    return new Stand(root, folder, await freePort());
  }

  /** Deploys what the folder holds now. */
  public async up(): Promise<void> {
    await this.command("up");
  }

  /** Another release: the same program with another name. */
  public release(name: string): void {
    writeFileSync(join(this.folder, "guestbook", "RELEASE"), `${name}\n`);
  }

  /** Removes everything that the measurements have on the engine. */
  public async remove(): Promise<void> {
    const ids = await this.docker.run(["ps", "-aq", "--filter", `name=^${STAND}-contestant-`]);
    for (const id of ids.split("\n").filter((line) => line !== "")) await this.docker.run(["rm", "-f", id]);
    await this.command("remove");
  }

  private async command(command: "up" | "remove"): Promise<void> {
    const program = ["tools/bundle.mjs", "bench/programs/stand.ts", this.folder, String(this.port), command];
    const { status, stdout, stderr } = await run("node", program, { cwd: this.root });
    if (status !== 0)
      throw new Error(`the deployment that is measured: ${command} failed\n${stdout}${stderr}`);
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("the machine gave no free port"));
      });
    });
  });
}
