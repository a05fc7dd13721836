import * as z from "zod";
import { command, containerName, descriptions, mebibytes, whole } from "./values";

/** A command that runs beside web, on the same image: a queue's workers, a scheduler. */
const processSchema = z.strictObject({
  /**
   * The program and its arguments, quoted as for a shell. It runs in the folder of `manage.py`, without a shell:
   * `sh -c 'exec …'` is one.
   *
   * @default none: it must be written
   */
  command: command("python manage.py qcluster"),
  /**
   * Most memory that each of its containers may use, `/tmp` (a quarter of it) included.
   *
   * @default 256
   * @source our choice: a parent and one child with a project loaded take 200 (60 shared, 70 each), and some for the task
   */
  memory: mebibytes(64, 256).default(256),
  /**
   * Time between SIGTERM and SIGKILL when a release replaces it: what it has begun must end within.
   *
   * @default 30
   * @source our choice: as web's requests, whose time is gunicorn's own default
   */
  stopGrace: whole(1, 3600, "seconds").default(30),
  /**
   * Containers of it that run side by side. In the profile `development` it is one.
   *
   * @default 1
   * @source our choice: the least that works; a queue's own setting of concurrency needs less memory than a second one
   */
  count: whole(1, 32, "containers").default(1),
  /**
   * It must never run twice, as a scheduler: a release stops it before it starts the next one.
   *
   * @default false
   * @source our choice: workers of a queue may overlap, so that a release leaves no gap
   */
  singleton: z.boolean().default(false),
});

/** What a user names and what belongs to it. */
export const processesSchema = z.record(containerName("worker"), processSchema).register(descriptions, {
  expected: "an object of names and processes",
  example: { worker: { command: "python manage.py qcluster" } },
});
