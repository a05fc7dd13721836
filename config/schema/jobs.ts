import * as z from "zod";
import { command, containerName, descriptions, mebibytes, text, whole } from "./values";

/** A command that runs to its end, on the same image as web: at its times on the host, and by hand. */
const jobSchema = z.strictObject({
  /**
   * When the host runs it: cron's five fields, in UTC. On this computer nothing is scheduled.
   *
   * @default none: it runs when somebody types `make job`
   */
  // Which field is wrong is told by config/resolve/jobs.ts.
  schedule: text(/^[^\0\n]*$/, "cron's five fields; the time is UTC", "0 3 * * *").optional(),
  /**
   * The program and its arguments, quoted as for a shell. It runs in the folder of `manage.py`, without a shell:
   * `sh -c '…'` is one.
   *
   * @default none: it must be written
   */
  command: command("python manage.py clearsessions"),
  /**
   * Time that it may take. Then it gets SIGTERM, and SIGKILL half a minute later.
   *
   * @default 3600
   * @source our choice: longer than what is done each hour, and a job that hangs is ended on the same day
   */
  timeLimit: whole(1, 604_800, "seconds").default(3600),
  /**
   * Most memory that it may use, `/tmp` (a quarter of it) included.
   *
   * @default 256
   * @source our choice: a project loaded takes 130, and as much for what the command does
   */
  memory: mebibytes(64, 256).default(256),
});

/** What a user names, and when it runs. */
export const jobsSchema = z.record(containerName("clearsessions"), jobSchema).register(descriptions, {
  expected: "an object of names and jobs",
  example: { clearsessions: { schedule: "0 3 * * *", command: "python manage.py clearsessions" } },
});
