import type { Clone } from "./clone";
import { writeManagementCommand } from "./management-command";

/** Seconds that the work takes which a process has begun when it is asked to stop. */
const UNFINISHED = 6;

/** Seconds of a task of {@link QUEUE}. */
export const TASK_SECONDS = 30;

/** What each command begins with: it notes that it was asked to stop, and goes on. */
const BEGINNING = `
import signal
import socket
import time

from django.core.management.base import BaseCommand

from entries.models import Entry


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("name")

    def handle(self, name, **options):
        stopped = []
        signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
`;

/** Writes a row each second, under its name and its container's; asked to stop, it ends what it has begun. */
export const COMMAND = `${BEGINNING}        me = f"{name}-{socket.gethostname()}"
        while not stopped:
            Entry.objects.create(name=me, message="at work")
            time.sleep(1)
        time.sleep(${UNFINISHED})
        Entry.objects.create(name=f"ended-{me}", message="what was begun is done")
`;

/** Dies after a while in which it seems to work. */
export const CRASH = COMMAND.replace(
  "        while not stopped:",
  [
    '        if name == "worker":',
    "            time.sleep(2)",
    '            print("the queue is not to be found", flush=True)',
    "            raise SystemExit(3)",
    "        while not stopped:",
  ].join("\n"),
);

/**
 * Takes one task after the other, each of {@link TASK_SECONDS}, from rows "task-N" that say "queued"; asked to stop, it
 * ends the one that it has taken. A row "ended-task-N" for each that was done.
 */
export const QUEUE = `${BEGINNING}        me = socket.gethostname()
        queued = Entry.objects.filter(name__startswith="task-", message="queued").order_by("id")
        while not stopped:
            task = queued.first()
            if task is None or Entry.objects.filter(id=task.id, message="queued").update(message=me) == 0:
                time.sleep(0.2)
                continue
            end = time.monotonic() + ${TASK_SECONDS}
            while time.monotonic() < end:
                time.sleep(0.2)
            Entry.objects.create(name=f"ended-{task.name}", message=me)
`;

/** Gives the guestbook the command `manage.py work`. */
export function writeCommand(clone: Clone, text: string): void {
  writeManagementCommand(clone, "work", text);
}
