import { setTimeout as sleep } from "node:timers/promises";
import { Clone } from "./support/clone";
import { LONG, MINUTE } from "./support/counts";
import { MemoryKills } from "./support/memory-kills";
import { waitFor } from "./support/run";
import { underLoad } from "./support/under-load";
import { uploadOfSize } from "./support/upload";

/** MiB that a deployment is laid out for. Those of the machines that small teams rent. */
const SIZES = LONG ? [1024, 2048, 4096, 8192] : [1024];

/** Seconds of mixed load. */
const SECONDS = LONG ? 1800 : 20;

/** Entries that are there before: more than the smallest buffer pool holds. */
const ENTRIES = LONG ? 400_000 : 100_000;

/** Requests a second beside uploads, reports and releases. */
const RATE = 30;

/** Uploads at once, of MiB each: the largest image that the guestbook takes, less its other fields. */
const UPLOADS = { count: 32, size: 4.9 } as const;

/** Visitors who ask for the report at once. */
const REPORTS = 8;

/** Sorts and groups all entries, with a temporary table. */
const REPORT = `

from django.db import connection
from django.http import JsonResponse


def report(request):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT LEFT(message, 60) AS part, COUNT(*), MAX(name) FROM entries_entry GROUP BY part"
            " ORDER BY MAX(created) DESC, part LIMIT 20"
        )
        return JsonResponse({"rows": [list(row) for row in cursor.fetchall()]})


urlpatterns.append(path("report/", report))
`;

/** Puts a process into web that takes memory until the kernel ends it. */
const EATER = "python3 -c 'kept = []\nwhile True: kept.append(bytearray(1 << 24))'";

let release = 1;

async function deployed(size: number): Promise<Clone> {
  const clone = await Clone.create(`memory-${size}`);
  clone.configure({ local: { memory: size } });
  const urls = "examples/guestbook/config/urls.py";
  clone.write(urls, clone.read(urls) + REPORT);
  await clone.mustMake("up");
  await clone.sql(
    `INSERT INTO entries_entry (name, message, image, created)
     SELECT CONCAT('filler-', seq), CONCAT(MD5(seq), REPEAT('some words ', 40)), '', NOW(6) FROM seq_1_to_${ENTRIES};`,
  );
  return clone;
}

/** Statuses of requests that are made at once, each with how often it came. */
async function statuses(requests: readonly Promise<number>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const status of await Promise.all(requests)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

it.each(SIZES)(
  `%i MiB stand ${SECONDS} s of pages, forms, uploads, reports and releases: no process is ended for want of memory`,
  async (size) => {
    const clone = await deployed(size);
    const kills = new MemoryKills(clone.name);
    const restarts = async (): Promise<number> =>
      (await clone.containers()).reduce((sum, { RestartCount }) => sum + RestartCount, 0);
    const end = Date.now() + SECONDS * 1000;
    const answers: Record<string, number>[] = [];
    const load = await underLoad(
      `${size} MiB`,
      clone,
      async () => {
        do {
          answers.push(
            await statuses(
              Array.from({ length: UPLOADS.count }, async () => uploadOfSize(clone.origin, UPLOADS.size)),
            ),
            await statuses(Array.from({ length: REPORTS }, async () => (await clone.ask("/report/")).status)),
          );
          clone.release(++release);
          await clone.mustMake("up");
          await sleep(LONG ? 20_000 : 0);
        } while (Date.now() < end);
      },
      { rate: RATE, uploads: true },
    );
    const counts: Record<string, number> = {};
    for (const answer of answers)
      for (const [status, count] of Object.entries(answer)) counts[status] = (counts[status] ?? 0) + count;
    console.log(
      `${size} MiB: large uploads and reports ${JSON.stringify(counts)}, killed ${JSON.stringify(kills.seen)}`,
    );
    expect(kills.seen).toEqual([]);
    expect(await restarts()).toBe(0);
    expect(load.lost).toEqual([]);
    // A busy machine may ask visitors to come again; nothing else is an answer.
    expect(Object.keys(counts).filter((status) => !["200", "201", "429", "503"].includes(status))).toEqual(
      [],
    );
    expect(counts["201"]).toBeGreaterThan(0);
    expect(counts["200"]).toBeGreaterThan(0);

    // Whoever watches would have seen it.
    const { Id } = await clone.container("web");
    await clone.docker.try(["exec", Id, "sh", "-c", EATER]);
    await waitFor("the kill is seen", 30, async () => Promise.resolve(kills.seen.length > 0 || undefined));
    expect(kills.seen[0]?.role).toBe("web");
    await clone.dispose();
  },
  (SECONDS / 60 + 10) * MINUTE,
);
