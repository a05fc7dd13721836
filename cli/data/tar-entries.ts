/** A file or folder in an archive. */
export interface TarEntry {
  readonly path: string;
  readonly isFile: boolean;
  /** Bytes. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

/** Size of a header, and the unit in which contents are padded; bytes. */
const BLOCK = 512;

/** Most bytes of one file that are kept: only small ones are read. */
const KEPT = 64 * 1024;

/** Reads a tar archive as `docker cp` writes it, piece by piece, without keeping what is in large files. */
export class TarEntries {
  private rest = Buffer.alloc(0);
  private current:
    { entry: TarEntry; kind: string; left: number; padding: number; body: Buffer[] } | undefined;
  private extended: Readonly<Record<string, string>> = {};

  /** @param onEntry called when an entry has come whole, with the beginning of what is in it */
  public constructor(private readonly onEntry: (entry: TarEntry, body: Buffer) => void) {}

  /** Takes the next piece. */
  public write(piece: Buffer): void {
    let data = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    while (data.length > 0) {
      if (this.current) {
        data = this.readBody(data);
      } else {
        if (data.length < BLOCK) break;
        this.readHeader(data.subarray(0, BLOCK));
        data = data.subarray(BLOCK);
      }
      if (this.current?.left === 0 && this.current.padding === 0) this.end();
    }
    this.rest = Buffer.from(data);
  }

  private readHeader(header: Buffer): void {
    // The archive ends in empty blocks.
    if (header.every((byte) => byte === 0)) return;
    const kind = textOf(header, 156, 1);
    const extended = kind === "x" ? {} : this.extended;
    const size = Number(extended["size"] ?? numberOf(header, 124, 12));
    const prefix = textOf(header, 345, 155);
    const name = textOf(header, 0, 100);
    this.current = {
      kind,
      entry: {
        path: extended["path"] ?? (prefix === "" ? name : `${prefix}/${name}`),
        isFile: kind === "0" || kind === "",
        size,
        modified: Math.floor(Number(extended["mtime"] ?? numberOf(header, 136, 12))),
      },
      left: size,
      padding: (BLOCK - (size % BLOCK)) % BLOCK,
      body: [],
    };
  }

  private readBody(data: Buffer): Buffer {
    const { current } = this;
    if (!current) return data;
    const own = data.subarray(0, current.left);
    if (current.entry.size - current.left < KEPT) current.body.push(Buffer.from(own.subarray(0, KEPT)));
    current.left -= own.length;
    const padding = data.subarray(own.length, own.length + current.padding);
    if (current.left === 0) current.padding -= padding.length;
    return current.left === 0 ? data.subarray(own.length + padding.length) : data.subarray(own.length);
  }

  private end(): void {
    const { current } = this;
    if (!current) return;
    const body = Buffer.concat(current.body);
    this.current = undefined;
    // What is said in it is about the entry that follows.
    if (current.kind === "x") {
      this.extended = recordsOf(body);
      return;
    }
    this.extended = {};
    if (current.kind !== "g") this.onEntry(current.entry, body);
  }
}

function textOf(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString();
}

/** A number in octal digits, or in binary when its first bit is set. */
function numberOf(header: Buffer, start: number, length: number): number {
  const first = header[start] ?? 0;
  if ((first & 0x80) === 0) return parseInt(textOf(header, start, length).trim() || "0", 8);
  return header.subarray(start + 1, start + length).reduce((sum, byte) => sum * 256 + byte, first & 0x7f);
}

/** Records of an extended header: `LENGTH NAME=VALUE\n`, the length in bytes. */
function recordsOf(body: Buffer): Record<string, string> {
  const records: Record<string, string> = {};
  for (let start = 0; start < body.length;) {
    const space = body.indexOf(" ", start);
    const length = Number(body.subarray(start, space).toString());
    if (space < 0 || !(length > 0)) break;
    const [, name, value] =
      /^([^=]*)=([^]*)\n$/.exec(body.subarray(space + 1, start + length).toString()) ?? [];
    if (name !== undefined && value !== undefined) records[name] = value;
    start += length;
  }
  return records;
}
