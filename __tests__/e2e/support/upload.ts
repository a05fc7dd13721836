import { createHash, randomBytes } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";

/** An image that no other upload has. */
export interface Image {
  readonly bytes: Buffer;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Width and height in pixels: some 12 KB. */
const SIDE = 64;

/** A PNG of random pixels. */
export function randomImage(): Image {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  // 8 bits for each of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  // Each row begins with the number of its filter: none.
  const rows = Array.from({ length: SIDE }, () => Buffer.concat([Buffer.of(0), randomBytes(3 * SIDE)]));
  const bytes = Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 0 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** An entry with an image, as a browser's form sends it. */
export function formOf(name: string, { bytes }: Image): { readonly type: string; readonly bytes: Buffer } {
  const boundary = `load-${randomBytes(12).toString("hex")}`;
  const part = (head: string, body: Buffer | string): Buffer[] => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
    Buffer.from(body),
    Buffer.from("\r\n"),
  ];
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat([
      ...part('name="name"', name),
      ...part('name="message"', "load"),
      ...part(`name="image"; filename="${name}.png"\r\nContent-Type: image/png`, bytes),
      Buffer.from(`--${boundary}--\r\n`),
    ]),
  };
}

/**
 * Uploads an image of so many MiB, most of which readers of images skip; the body is a little larger.
 *
 * @returns the status of the answer
 */
export async function uploadOfSize(origin: string, mebibytes: number): Promise<number> {
  const image = randomImage();
  const bytes = Buffer.concat([image.bytes, Buffer.alloc(mebibytes * 1024 * 1024 - image.bytes.length)]);
  const { type, bytes: body } = formOf("large", { ...image, bytes });
  const answer = await fetch(`${origin}/api/entries/`, {
    method: "POST",
    headers: { "Content-Type": type },
    body: new Uint8Array(body),
  });
  await answer.arrayBuffer();
  return answer.status;
}
