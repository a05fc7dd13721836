import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const repository = resolve(__dirname, "../..");

/** What a bare Debian has and the commands of tools/ use; all else must be planted by a test. */
const BASICS =
  "awk basename bash cat chmod cmp cp cut date dirname dpkg env find flock grep head id ln ls mkdir mktemp mv node paste " +
  "printf readlink rm sed sh sha256sum sleep sort tail timeout tr uname xargs";

/** Name → place of each. They are looked for once: a shell for each would take longer than the tests. */
const PLACES = new Map(
  execFileSync("/bin/sh", ["-ec", `for name in ${BASICS}; do command -v "$name"; done`], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((place, index) => [BASICS.split(" ")[index] ?? "", place]),
);

/** How a command ended. */
export interface Ending {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A machine that has only what a test gives it: a copy of tools/ in a project of its own, and a PATH of
 * the basics plus fake programs.
 */
export class Machine {
  readonly project = mkdtempSync(join(tmpdir(), "machine-"));
  private readonly programs = mkdtempSync(join(tmpdir(), "machine-programs-"));
  private readonly home = mkdtempSync(join(tmpdir(), "machine-home-"));

  constructor() {
    cpSync(join(repository, "tools"), join(this.project, "tools"), { recursive: true });
    for (const [name, place] of PLACES) symlinkSync(place, join(this.programs, name));
    // The oldest Node that is taken, whichever runs the tests.
    const node = PLACES.get("node") ?? "node";
    this.has("node", `[ "$1" != --version ] || { echo v22.0.0; exit; }\nexec ${node} "$@"`);
    // Any attempt to change the machine leaves its trace, and no network is needed to say that there is none.
    this.has("apt-get", 'echo "apt-get $*" >>"$HOME/changes"');
    this.has("dockerd", 'echo dockerd >>"$HOME/changes"');
    this.has("curl", "printf 000; exit 7");
  }

  /** Puts a program on the PATH: the text of a shell script. */
  has(name: string, script: string): this {
    const file = join(this.programs, name);
    rmSync(file, { force: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return this;
  }

  /** Takes a program away. */
  lacks(name: string): this {
    rmSync(join(this.programs, name), { force: true });
    return this;
  }

  /** A Terraform (or OpenTofu) that says this version. */
  hasTerraform(version: string, product: "Terraform" | "OpenTofu" = "Terraform"): this {
    return this.has(
      product === "Terraform" ? "terraform" : "tofu",
      `echo "${product} v${version}"; echo "on linux_amd64"`,
    );
  }

  /** A Docker engine that answers and holds these images (each a line of tags and labels as `docker image inspect` is asked for). */
  hasDocker(...images: string[]): this {
    return this.has(
      "docker",
      `case "$*" in
  "image inspect "*) ${images.map((image) => `echo '${image}'`).join("; ") || ":"}; exit 1 ;;
  version*) echo 20.10.24 ;;
  "context show") echo default ;;
  build*|import*|pull*) echo "docker $*" >>"$HOME/changes" ;;
esac`,
    );
  }

  /** Registries answer with this status. */
  registryAnswers(status: number): this {
    return this.has("curl", `printf ${status}`);
  }

  /** Runs a command of tools/. */
  run(command: string, args: string[] = [], environment: Record<string, string> = {}): Ending {
    const { status, stdout, stderr } = spawnSync(join(this.project, "tools", command), args, {
      cwd: this.project,
      encoding: "utf8",
      env: { PATH: this.programs, HOME: this.home, ...environment },
    });
    return { status, stdout, stderr };
  }

  /** Every file of the project and the machine's own trace of changes. */
  listing(): string[] {
    const files = readdirSync(this.project, { recursive: true, encoding: "utf8" });
    const changes = readdirSync(this.home, { recursive: true, encoding: "utf8" });
    return [...files, ...changes].sort();
  }

  /** Writes a file of the project. */
  write(path: string, text: string): this {
    mkdirSync(join(this.project, path, ".."), { recursive: true });
    writeFileSync(join(this.project, path), text);
    return this;
  }

  /** Reads a file of the project. */
  read(path: string): string {
    return readFileSync(join(this.project, path), "utf8");
  }

  /** Removes all of it. */
  remove(): void {
    for (const folder of [this.project, this.programs, this.home])
      rmSync(folder, { recursive: true, force: true });
  }
}
