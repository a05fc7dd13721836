/** What the volume of the sockets says of the releases (assets/image/lib/hand-over.sh). */
export interface HandOver {
  /** Host name of the container to which nginx sends the traffic. */
  readonly serving?: string;
  /** Release numbers, by the containers' host names. */
  readonly releases: ReadonlyMap<string, number>;
}

/** `000000000041-<host name>.sock` */
const SOCKET = /^(\d+)-(.+)\.sock$/;

/** @param text the target of the link `web.sock`, when there is one, then the names in the volume; a line each */
export function parseHandOver(text: string): HandOver {
  const lines = text.split("\n");
  const sockets = lines.map((line) => SOCKET.exec(line)).filter((match) => match !== null);
  return {
    serving: SOCKET.exec(lines[0] ?? "")?.[2],
    releases: new Map(sockets.map(([, number, host]) => [host ?? "", Number(number)])),
  };
}
