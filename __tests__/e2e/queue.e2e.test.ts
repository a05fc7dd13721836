import { Clone } from "./support/clone";
import { LONG, MINUTE } from "./support/counts";
import { waitFor } from "./support/run";
import { QUEUE, TASK_SECONDS, writeCommand } from "./support/work-command";

/** Takes a quarter of an hour. Short runs show in processes.e2e that a worker ends what it has begun. */
const itLong = LONG ? it : it.skip;

const RELEASES = 20;

/** More than two workers can do meanwhile. */
const TASKS = 200;

itLong(
  `no task of ${TASK_SECONDS} s is lost or done twice in ${RELEASES} releases`,
  async () => {
    const clone = await Clone.create("queue");
    clone.configure({
      processes: {
        worker: {
          command: "python manage.py work worker",
          memory: 128,
          stopGrace: TASK_SECONDS + 15,
          count: 2,
        },
      },
    });
    writeCommand(clone, QUEUE);
    await clone.mustMake("up");
    const queued = Array.from({ length: TASKS }, (_, index) => `('task-${index}', 'queued', '', NOW())`);
    await clone.sql(`INSERT INTO entries_entry (name, message, image, created) VALUES ${queued.join(", ")};`);
    for (let release = 1; release <= RELEASES; release++) {
      clone.release(release);
      await clone.mustMake("up");
      expect(await clone.serving()).toBe(String(release));
    }
    // The last workers end what they have taken, and nobody takes another one.
    await clone.sql("UPDATE entries_entry SET message = 'left' WHERE message = 'queued';");
    const taken = await clone.sql(
      "SELECT name FROM entries_entry WHERE name LIKE 'task-%' AND message <> 'left' ORDER BY name;",
    );
    const ended = async (): Promise<string[]> =>
      clone.sql("SELECT SUBSTRING(name, 7) FROM entries_entry WHERE name LIKE 'ended-task-%' ORDER BY name;");
    await waitFor("the end of the tasks", 2 * TASK_SECONDS, async () =>
      (await ended()).length >= taken.length ? true : undefined,
    );
    expect((await ended()).sort()).toEqual([...taken].sort());
    const [workers = "0"] = await clone.sql(
      "SELECT COUNT(DISTINCT message) FROM entries_entry WHERE name LIKE 'ended-task-%';",
    );
    // A worker of nearly every release has done one: its successor was there before it had ended.
    expect(Number(workers)).toBeGreaterThan(RELEASES);
    console.log(`${RELEASES} releases: ${taken.length} tasks of ${TASK_SECONDS} s by ${workers} workers`);
  },
  30 * MINUTE,
);
