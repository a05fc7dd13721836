import type { Problem } from "../../config/errors";

/** What is wrong with the passwords that open the database. */
export const accessProblems = {
  secretsLost: (volume: string): Problem => ({
    place: `the volume ${volume}`,
    value: "gone, and the database that its passwords open is there",
    expected:
      "the passwords that the database was made with; nothing was made or changed, and no data is lost",
    fix: "make repair-access: it gives access again, with all data",
  }),

  rootRefused: (): Problem => ({
    place: "root's password of the database",
    value: "not the one that is stored: MariaDB refuses it",
    expected: "a root who can tell MariaDB the new password of .env; nothing was changed",
    fix: "put the old value back into .env; or make repair-access, which gives access again with all data",
  }),

  accessFailed: (log: readonly string[]): Problem => ({
    place: "the passwords of the database",
    value: "not set",
    expected: "a MariaDB that takes them; those that are stored are as they were",
    fix: "mend what it says below, then type the command again: it carries on",
    log,
  }),

  secretsFailed: (log: readonly string[]): Problem => ({
    place: "the secrets volume",
    value: "not to be read or written",
    expected: "a volume that the secrets task may write",
    fix: "mend what it says below, then type the command again: it carries on",
    log,
  }),

  dataUnread: (volume: string, log: readonly string[]): Problem => ({
    place: `the volume ${volume}`,
    value: "not to be read",
    expected: "a volume that a container may read; nothing was changed",
    fix: "mend what it says below, then type the command again",
    log,
  }),

  noDatabase: (volume: string): Problem => ({
    place: `the volume ${volume}`,
    value: "without a database",
    expected: "a database that can't be opened any more",
    fix: "there is nothing to repair: make up",
  }),

  dataInUse: (volume: string, containers: readonly string[]): Problem => ({
    place: `the volume ${volume}`,
    value: `in use by ${containers.join(", ")}`,
    expected: "no other server on the data; nothing was changed",
    fix: `docker stop ${containers.join(" ")}, then type the command again`,
  }),

  repairFailed: (log: readonly string[]): Problem => ({
    place: "MariaDB on the data volume",
    value: "not to be given new passwords",
    expected: "a MariaDB that starts on its data; no data was touched",
    fix: "mend what it says below, then make repair-access again: it carries on",
    log,
  }),
} as const;
