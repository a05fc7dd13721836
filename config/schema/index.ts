import * as z from "zod";
import { databaseSchema } from "./database";
import { githubSchema } from "./github";
import { hostSchema } from "./host";
import { jobsSchema } from "./jobs";
import { localSchema } from "./local";
import { processesSchema } from "./processes";
import { projectSchema } from "./project";
import { proxySchema } from "./proxy";
import { descriptions, text } from "./values";
import { webSchema } from "./web";

/** A migration as Django names it: the app's label, and the file without `.py`. */
const migrationName = text(
  /^[A-Za-z_]\w*\.\w[\w-]*$/,
  "an app and the name of one of its migrations",
  "shop.0005_no_name",
);

/** One line: it is kept in the record of the release. */
const reason = text(
  /^(?!.{301})[^\0-\x1f\x7f]*[^\0- \x7f][^\0-\x1f\x7f]*$/,
  "a sentence that says why visitors may meet errors, in one line of at most 300 letters",
  "nobody writes entries at night",
);

/** How a release is made. */
const releaseSchema = z.strictObject({
  /**
   * Migrations that are let through on a host though the release that serves can't work with what they make of the
   * database, and why; the record of the release keeps the reason (docs/releases.md, "Migrations that do not fit").
   *
   * @default none: each such migration is refused before anything is changed
   */
  accept: z
    .record(migrationName, reason)
    .register(descriptions, {
      expected: "an object of migrations and reasons",
      example: { "shop.0005_no_name": "nobody writes entries at night" },
    })
    .default({}),
});

/** Everything that `deployment.ts` may say. A section that is missing has its defaults. */
export const deploymentSchema = z.strictObject({
  /**
   * Prefix of every container, volume and image. For life: a second deployment wants a second folder, with a name and a
   * `deployment.id` of its own.
   *
   * @default the project folder's name
   */
  name: text(
    /^[a-z][a-z0-9-]{0,29}[a-z0-9]$/,
    "2 to 31 lower-case letters, digits and -, starting with a letter, not ending in -",
    "guestbook",
  ).optional(),
  /** The Django project. */
  project: projectSchema,
  /** MariaDB. */
  database: databaseSchema.prefault({}),
  /** gunicorn and Django. */
  web: webSchema.prefault({}),
  /**
   * Commands that run beside web on the application's image, by a name of yours: a queue's workers, a scheduler
   * (docs/own-project.md, "Workers").
   *
   * @default none
   */
  processes: processesSchema.default({}),
  /**
   * Commands that run to their end on the application's image, by a name of yours: at their times on the host, and by
   * `make job` (docs/own-project.md, "Jobs").
   *
   * @default none
   */
  jobs: jobsSchema.default({}),
  /** nginx. */
  proxy: proxySchema.prefault({}),
  /** How a release is made. */
  release: releaseSchema.prefault({}),
  /** The stack on the local Docker engine. */
  local: localSchema.prefault({}),
  /**
   * One machine on AWS.
   *
   * @default none: without this section nothing on AWS is synthesized
   */
  host: hostSchema.optional(),
  /**
   * The application's repository on GitHub. It needs a machine to deploy to.
   *
   * @default none: without this section nothing on GitHub is synthesized
   */
  github: githubSchema.optional(),
});

/** What a user writes in `deployment.ts`. */
export type DeploymentInput = z.input<typeof deploymentSchema>;

/** The same with every fixed default in place; what depends on the project's files is still open. */
export type DeploymentSettings = z.output<typeof deploymentSchema>;
