import type { Problem } from "../../config/errors";

/** A name that is like another one, and free most likely; at most 31 letters. */
function otherName(name: string): string {
  return `${name.slice(0, 29)}-2`;
}

/** What is wrong when the data of a name are not this folder's, or not as it describes them. */
export const ownerProblems = {
  anotherDeployment: (
    name: string,
    here: string,
    there: { readonly place: string; readonly hasId: boolean } | undefined,
  ): Problem => ({
    place: `the name "${name}"`,
    value: `taken on this engine by the deployment of ${there?.place ?? "a folder that is not recorded"}`,
    expected: `a name whose data belong to ${here}; nothing was changed`,
    fix: [
      `for a deployment of its own write another name into deployment.ts, for example name: "${otherName(name)}"`,
      there?.hasId === true
        ? `for the same deployment: cp ${there.place}/deployment.id ${here}/`
        : `for the same deployment copy deployment.id from the folder that deployed it to ${here}`,
    ].join("; "),
  }),

  /** @param contents what is in its volumes, a line each */
  unknownDeployment: (
    name: string,
    here: string,
    there: string | undefined,
    contents: readonly string[],
  ): Problem => ({
    place: `the name "${name}"`,
    value: `taken on this engine by data of ${there ?? "a folder that is not recorded"}, made before deployments had an id`,
    expected: `data that the Terraform state of ${here} knows; nothing was changed`,
    fix: [
      'if another folder deployed them, type "make up" there once, then copy its deployment.id to this folder',
      `for a deployment of its own write another name into deployment.ts, for example name: "${otherName(name)}"`,
      `only if what is below is this project's: make up ARGS="--adopt ${name}"`,
    ].join("; "),
    shown: contents,
  }),

  renamed: (name: string, before: string, here: string): Problem => ({
    place: "name",
    value: `"${name}", and the data of this folder's deployment have the name "${before}"`,
    expected: `the name with which the data were made; nothing was changed`,
    fix: `write name: "${before}" into deployment.ts; a second deployment wants a second folder: copy ${here} without deployment.id, deployment.aws.json and .deployment, and write name: "${name}" there`,
  }),

  wrongAdoption: (typed: string, name: string): Problem => ({
    place: "--adopt",
    value: JSON.stringify(typed),
    expected: `the name of this folder's deployment, ${name}; nothing was changed`,
  }),

  unwritableId: (file: string, reason: string): Problem => ({
    place: file,
    value: `not to be written (${reason})`,
    expected: "a folder in which make up may write the deployment's id; nothing was deployed",
    fix: "correct the permissions of the folder, then type the command again",
  }),

  otherDatabaseName: (name: string, before: string): Problem => ({
    place: "database.name",
    value: `"${name}", and the data directory holds the database "${before}"`,
    expected: "the name with which the database was made; nothing was changed",
    fix: `write database: { name: "${before}" } into deployment.ts; another database wants another deployment, in a folder of its own`,
  }),

  otherDatabaseUser: (user: string, before: string): Problem => ({
    place: "database.user",
    value: `"${user}", and the database was made for the user "${before}"`,
    expected: "the user with which the database was made; nothing was changed",
    fix: `write database: { user: "${before}" } into deployment.ts`,
  }),

  olderDatabaseVersion: (version: string, there: string): Problem => ({
    place: "database.version",
    value: `"${version}", and the data are of MariaDB ${there}`,
    expected: "a version that is not older: MariaDB does not open data of a newer one; nothing was changed",
    fix: `write database: { version: "${there}" } into deployment.ts, or a newer version`,
  }),

  volumeInUse: (name: string, users: readonly string[]): Problem => ({
    place: `the volume ${name}`,
    value: `in use by ${users.join(", ")}, which "make up" has not made`,
    expected: "a volume that no other container uses; it was not deleted",
    fix: `stop what uses it (docker rm -f ${users.join(" ")}), then type the command again`,
  }),

  networkInUse: (name: string, users: readonly string[]): Problem => ({
    place: `the network ${name}`,
    value: `in use by ${users.join(", ")}, which "make up" has not made`,
    expected: "a network without containers; all data are where they were",
    fix: `take them off (docker network disconnect ${name} ${users[0] ?? "CONTAINER"}), then type the command again`,
  }),

  leftOver: (name: string, left: readonly string[]): Problem => ({
    place: name,
    value: `not all gone: ${left.join(", ")}`,
    expected: "nothing of it on the engine",
    fix: "type the command again; docker ps -a says what uses them",
  }),
} as const;
