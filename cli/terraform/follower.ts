import { type WriteStream, closeSync, createWriteStream, mkdirSync, openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import { StringDecoder } from "node:string_decoder";

/** Milliseconds between two looks. */
const PERIOD = 100;

/**
 * A file that a program writes its output to while we read it.
 *
 * Not a pipe: a program that writes to a pipe dies when its reader is killed, and Terraform would lose track of what
 * it was just making.
 */
export class Follower {
  /** For the program's standard output. */
  public readonly output: WriteStream;
  private readonly reader: number;
  private readonly decoder = new StringDecoder("utf8");
  private readonly buffer = Buffer.alloc(64 * 1024);
  private readonly timer: NodeJS.Timeout;
  private rest = "";

  /** @param path made empty @param onLine called with each whole line */
  public constructor(
    path: string,
    private readonly onLine: (line: string) => void,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    // With its descriptor open already, it is handed to the program as it is.
    this.output = createWriteStream(path, { fd: openSync(path, "w", 0o600) });
    this.reader = openSync(path, "r");
    this.timer = setInterval(() => this.read(), PERIOD);
  }

  /** Reads what is left. To be called when the program has ended. */
  public close(): void {
    clearInterval(this.timer);
    this.read();
    if (this.rest !== "") this.onLine(this.rest);
    this.output.close();
    closeSync(this.reader);
  }

  private read(): void {
    for (;;) {
      const count = readSync(this.reader, this.buffer);
      if (count === 0) return;
      const lines = (this.rest + this.decoder.write(this.buffer.subarray(0, count))).split("\n");
      this.rest = lines.pop() ?? "";
      for (const line of lines) this.onLine(line);
    }
  }
}
