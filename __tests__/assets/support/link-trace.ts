import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where both links of the hand-over led after each move of one of them. */
export class LinkTrace {
  /** For a container whose moves are to be seen. */
  public readonly environment: Readonly<Record<string, string>>;
  private readonly file: string;

  /** @param folder the volume `/run/web` */
  public constructor(folder: string) {
    const bin = join(folder, ".bin");
    this.file = join(folder, ".links");
    mkdirSync(bin);
    writeFileSync(
      join(bin, "mv"),
      [
        "#!/bin/sh",
        'command -p mv "$@" || exit',
        `echo "$(readlink ${folder}/web.sock) $(readlink ${folder}/previous.sock)" >>${this.file}`,
        "",
      ].join("\n"),
      { mode: 0o755 },
    );
    this.environment = { PATH: `${bin}:${join(__dirname, "bin")}:${process.env["PATH"] ?? ""}` };
  }

  /** Forgets what was seen. */
  public clear(): void {
    writeFileSync(this.file, "");
  }

  /** Names of the containers that `web.sock` and `previous.sock` led to, each pair once in a row. */
  public seen(): string[][] {
    const pairs = readFileSync(this.file, "utf8")
      .split("\n")
      .filter((line, index, all) => line !== "" && line !== all[index - 1]);
    return pairs.map((line) =>
      line.split(" ").map((socket) => /^\d{12}-(.+)\.sock$/.exec(socket)?.[1] ?? socket),
    );
  }
}
