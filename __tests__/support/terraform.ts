import { execFile, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readMachine } from "../../cli/computer/machine";
import { ROOT } from "./guestbook";

/** Terraform as this machine has it, in a folder. */
export class TerraformFolder {
  private readonly binary: string;
  private readonly environment: NodeJS.ProcessEnv;

  /**
   * @param data folder of what Terraform keeps; several folders may share one
   * @param variables of the environment, beside this process's own
   */
  public constructor(
    public readonly folder: string,
    data: string,
    variables: Readonly<Record<string, string>> = {},
  ) {
    const { terraformBinary = "terraform", terraformConfig } = readMachine(ROOT);
    this.binary = terraformBinary;
    this.environment = {
      ...process.env,
      ...(terraformConfig !== undefined && { TF_CLI_CONFIG_FILE: terraformConfig }),
      TF_DATA_DIR: data,
      TF_IN_AUTOMATION: "1",
      TF_INPUT: "0",
      CHECKPOINT_DISABLE: "1",
      ...variables,
    };
  }

  /** @throws with what Terraform says when it fails */
  public run(...args: string[]): string {
    const { status, stdout, stderr, error } = spawnSync(this.binary, [...args, "-no-color"], {
      cwd: this.folder,
      env: this.environment,
      encoding: "utf8",
      // A plan of AWS's resources has megabytes.
      maxBuffer: 64 * 2 ** 20,
    });
    if (error) throw error;
    if (status !== 0)
      throw new Error(
        `terraform ${args.join(" ")} ended with status ${status ?? "none"}:\n${stdout}${stderr}`,
      );
    return stdout;
  }

  /**
   * The same while this process goes on, which may be what Terraform talks to.
   *
   * @throws with what Terraform says when it fails
   */
  public runBeside(...args: string[]): Promise<string> {
    const options = { cwd: this.folder, env: this.environment, maxBuffer: 64 * 2 ** 20 };
    return new Promise((resolve, reject) => {
      execFile(this.binary, [...args, "-no-color"], options, (error, stdout, stderr) => {
        if (error) reject(new Error(`terraform ${args.join(" ")} failed:\n${stdout}${stderr}`));
        else resolve(stdout);
      });
    });
  }

  /** The lock file that `init` has written. */
  public lock(): Buffer | undefined {
    const file = join(this.folder, ".terraform.lock.hcl");
    return existsSync(file) ? readFileSync(file) : undefined;
  }
}
