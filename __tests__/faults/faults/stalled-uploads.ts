import { type Socket, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { uploadOfSize } from "../../e2e/support/upload";
import type { Fault } from "../support/fault";
import type { Site } from "../support/site";

/** Uploads that stall, and MiB of each: the largest that `bodySize` allows unless deployment.ts says so. */
const STALLED = 50;
const SIZE = 20;

/** Share of each that arrives. */
const ARRIVES = 0.5;

/** Seconds for which nothing more comes; nginx gives up after 30. */
const STALLS = 25;

/** POSTs of others meanwhile. */
const OTHERS = 20;

/** Clients send the first half of large files and then nothing: a train in a tunnel, or somebody who means harm. */
export const stalledUploads: Fault = {
  number: 15,
  title: `${STALLED} parallel uploads of bodySize (${SIZE} MiB), stalled half-way`,
  where: ["local", "host"],
  survived: "others' POSTs of 1 MB succeed; no request fails",
  short: true,
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.starts("web", "nginx", "database");
    const uploads = await Promise.all(Array.from({ length: STALLED }, async () => stalledUpload(site)));
    try {
      const until = Date.now() + STALLS * 1000;
      const statuses: number[] = [];
      for (let sent = 0; sent < OTHERS; sent++) {
        statuses.push(await uploadOfSize(site.origin, 1).catch(() => 0));
        await sleep(Math.max(0, until - Date.now()) / (OTHERS - sent));
      }
      trial.check(
        "others' POSTs of 1 MB succeed",
        statuses.every((status) => status === 201),
        statuses.join(", "),
      );
      const open = uploads.filter(({ destroyed, readableLength }) => !destroyed && readableLength === 0);
      trial.check("the uploads are stalled", open.length === STALLED, `${open.length} of ${STALLED}`);
    } finally {
      for (const socket of uploads) socket.destroy();
    }
    trial.ended();
    const after = await site.starts("web", "nginx", "database");
    trial.check("no container is replaced", after === before, `${before}; then ${after}`);
  },
  judge: (trial, { failures }) =>
    trial.check(
      "no request fails",
      failures.length === 0,
      `${failures.length}: ${failures[0]?.reason ?? ""}`,
    ),
};

/** Sends the begin of an upload. */
async function stalledUpload(site: Site): Promise<Socket> {
  const { hostname, port, host } = new URL(site.origin);
  const size = SIZE * 1024 * 1024;
  const head = [
    "POST /api/entries/ HTTP/1.1",
    `Host: ${host}`,
    "Content-Type: multipart/form-data; boundary=stalled",
    `Content-Length: ${size}`,
    "",
    "",
  ].join("\r\n");
  const socket = connect(Number(port || 80), hostname);
  // Read by nobody: an answer stays there, and shows that it came.
  socket.on("error", () => undefined);
  return new Promise((sent) => {
    const done = (): void => sent(socket);
    socket.on("close", done);
    socket.write(head);
    socket.write(Buffer.alloc(size * ARRIVES), done);
  });
}
