import { connect, createServer } from "node:net";
import { run } from "../computer/process";

/** Whether a program of this machine can have a port. */
export type PortState = "free" | "taken" | "no such address";

/** Tries to have a port on this machine for a moment. */
export async function portState(address: string, port: number): Promise<PortState> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "EADDRINUSE") resolve("taken");
      else if (code === "EADDRNOTAVAIL") resolve("no such address");
      // Ports below 1024 are root's, and Docker runs as root: ask whether anybody answers there.
      else void answers(address, port).then((yes) => resolve(yes ? "taken" : "free"));
    });
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve("free")));
  });
}

async function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address === "0.0.0.0" ? "127.0.0.1" : address, port, timeout: 1000 });
    const end = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}

/** Names the process that listens on a port, as far as this user may know. */
export async function listenerOf(port: number): Promise<string | undefined> {
  const { stdout } = await run("ss", ["-Hltnp", `sport = :${port}`]);
  return parseListener(stdout);
}

/** @param text what `ss -Hltnp` prints: `… users:(("python3",pid=12,fd=3))` */
export function parseListener(text: string): string | undefined {
  const [, program, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(text) ?? [];
  return program === undefined ? undefined : `${program} (process ${pid ?? "unknown"})`;
}
