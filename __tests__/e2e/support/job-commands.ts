import type { DeploymentInput } from "../../../config";
import type { Clone } from "./clone";
import { writeManagementCommand } from "./management-command";

/** Writes a row, waits until somebody has told it to end, and writes another one. */
const NAP = `
import time

from django.core.management.base import BaseCommand

from entries.models import Entry


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("name")

    def handle(self, name, **options):
        told = Entry.objects.filter(name=f"told-{name}")
        told.delete()
        Entry.objects.create(name=f"begun-{name}", message="at work")
        self.stdout.write(f"{name} is at work")
        self.stdout.flush()
        while not told.exists():
            time.sleep(0.5)
        Entry.objects.create(name=f"ended-{name}", message="done")
        self.stdout.write(f"{name} is done")
`;

/** Writes a row. */
const TELL = `
from django.core.management.base import BaseCommand

from entries.models import Entry


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("name")

    def handle(self, name, **options):
        Entry.objects.create(name=name, message="told")
        self.stdout.write(f"{name} is told")
`;

/** Jobs: one that waits until another one tells it to end, one that fails, one that hangs, and one of each year and minute. */
export const JOBS = {
  long: { command: "python manage.py nap long", timeLimit: 900, memory: 96 },
  tell: { command: "python manage.py tell told-long", memory: 96 },
  fail: { command: "sh -c 'echo no prices; exit 3'", memory: 64 },
  hang: { command: "sh -c 'echo hangs; exec sleep 600'", timeLimit: 3, memory: 64 },
  minutely: { schedule: "* * * * *", command: "python manage.py tell minute", memory: 96 },
  yearly: { schedule: "0 0 1 1 *", command: "python manage.py tell year", memory: 96 },
} as const satisfies DeploymentInput["jobs"];

/** Gives the guestbook the commands of {@link JOBS}. */
export function writeJobCommands(clone: Clone): void {
  writeManagementCommand(clone, "nap", NAP);
  writeManagementCommand(clone, "tell", TELL);
}
