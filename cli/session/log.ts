import { appendFileSync, existsSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makePrivate } from "../computer/private-folder";

/** The full record of one command, for when its summary isn't enough, and of the run before it. Made with its first line. */
export class Log {
  public readonly path: string;
  private started = false;

  public constructor(root: string, command: string) {
    this.path = join(root, ".deployment", "log", `${command}.log`);
  }

  public write(text: string): void {
    if (!this.started) {
      makePrivate(dirname(this.path));
      if (existsSync(this.path)) renameSync(this.path, `${this.path}.1`);
      writeFileSync(this.path, "", { mode: 0o600 });
      this.started = true;
    }
    appendFileSync(this.path, text.endsWith("\n") ? text : `${text}\n`);
  }
}
