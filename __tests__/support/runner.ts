import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProjectFiles, projectOf, startproject } from "./project";
import { writePipelineInto } from "./pipeline";
import { temporaryFolder } from "./synthesis";

/** How a script of the runner ended. */
export interface ScriptOutcome {
  readonly pid: number;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout with the pipeline's files, and a folder for what only this run has, as GitHub's runner has them. */
export class Runner {
  /** The project's folder. */
  public readonly project: string;
  /** What the workflow knows as RUNNER_TEMP. */
  public readonly temporary = temporaryFolder();
  /** Programs that stand in for others. */
  private readonly programs = temporaryFolder();

  public constructor(files: ProjectFiles = startproject("")) {
    this.project = projectOf(files);
    this.renew();
  }

  /** Writes the pipeline's files anew, from the project as it is now. */
  public renew(): void {
    writePipelineInto(this.project);
  }

  /** Puts a program of ours before the real one. */
  public replace(name: string, text: string): void {
    const file = join(this.programs, name);
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }

  /** Writes a file below {@link temporary}. */
  public write(path: string, text: string, mode = 0o644): string {
    const file = join(this.temporary, path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text, { mode });
    return file;
  }

  /** Runs a script of `deploy/runner` as the workflow does. */
  public run(
    script: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): ScriptOutcome {
    const { pid, status, stdout, stderr } = spawnSync("bash", [`deploy/runner/${script}`, ...args], {
      cwd: this.project,
      encoding: "utf8",
      // A little less than a test may take: what the script has printed is seen then.
      timeout: 110_000,
      env: {
        PATH: `${this.programs}:${process.env["PATH"] ?? ""}:/usr/sbin`,
        HOME: this.temporary,
        RUNNER_TEMP: this.temporary,
        ...env,
      },
    });
    return { pid, status, stdout, stderr };
  }

  /** Names and results of the steps that were noted. */
  public steps(): string[] {
    const file = join(this.temporary, "steps.tsv");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    return lines.map((line) => line.replace(/\t\d+\t/, ": "));
  }
}
