import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clone } from "../clone";
import { writeManagementCommand } from "../management-command";
import { waitFor } from "../run";

const LIST = "application/registry/definitions.ts";

/**
 * Adds one to the tally twice a second, and writes a row "tally-COUNT" for each; asked to stop, it ends. With a number it
 * ends by itself after so many.
 */
const COUNT = `
import os
import signal
import time
import urllib.request

from django.core.management.base import BaseCommand

from entries.models import Entry


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--times", type=int, default=0)

    def handle(self, times, **options):
        stopped = []
        signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
        done = 0
        while not stopped and (times == 0 or done < times):
            headers = {"Authorization": os.environ["TALLY_PASSWORD"]}
            request = urllib.request.Request(os.environ["TALLY_URL"], data=b"", headers=headers)
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    number = answer.read().decode()
            except OSError as error:
                print("the tally does not answer:", error, flush=True)
                time.sleep(1)
                continue
            done += 1
            Entry.objects.create(name=f"tally-{number}", message="counted")
            print("counted to", number, flush=True)
            time.sleep(0.5)
`;

/** A process and a job that ask the tally. */
export const COUNTING = {
  processes: { counter: { command: "python manage.py count", memory: 96 } },
  jobs: { "count-once": { command: "python manage.py count --times 1", memory: 96 } },
} as const;

/**
 * Adds the backing service to a clone as CONTRIBUTING.md tells it: a file of its own, and a line of the list. The
 * guestbook learns to count by it.
 */
export function addTally(clone: Clone): void {
  const definition = readFileSync(join(__dirname, "definition.ts"), "utf8")
    .replaceAll("../../../../application/", "../")
    .replace("./server", "./tally-server");
  clone.write("application/backing-services/tally.ts", definition);
  clone.write(
    "application/backing-services/tally-server.ts",
    readFileSync(join(__dirname, "server.ts"), "utf8"),
  );
  const list = clone.read(LIST);
  const listed = list.replace("\n  database,\n", "\n  database,\n  tally,\n");
  if (listed === list) throw new Error(`${LIST} has no line for the database`);
  clone.write(LIST, `import { tally } from "../backing-services/tally";\n${listed}`);
  writeManagementCommand(clone, "count", COUNT);
}

/**
 * Waits until the application has asked the tally three times more. No number may be there twice: a tally that forgets
 * begins anew.
 */
export async function expectCounting(site: Pick<Clone, "entries">): Promise<void> {
  const before = (await site.entries("tally-")).length;
  const rows = await waitFor("the application to count", 60, async () => {
    const found = await site.entries("tally-");
    return found.length >= before + 3 ? found : undefined;
  });
  expect(new Set(rows).size).toBe(rows.length);
}
