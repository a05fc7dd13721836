import { type Application, serviceOf } from "../application/application";
import { database } from "../application/backing-services/database";
import { imageVariable } from "../application/image";
import { taskArguments } from "../application/renderings/task-arguments";
import { array, variable } from "./bash";
import { addressed } from "./host-settings-file";

const HEADER = `# shellcheck shell=bash disable=SC2016,SC2034,SC2054,SC2154 # words with $ and commas in them, which the release script reads
# What runs once in a release, and the holder, as arguments of docker run. Of MariaDB, for repair-access, what comes
# after those: the server's arguments.
`;

/** The application's tasks as arrays of Bash: what `docker run` gets on a host. Pure. */
export function tasksFile(application: Application): string {
  const tasks = application.services.filter(({ kind, keepsVolumes }) => kind === "task" || keepsVolumes);
  const arrays = tasks.map((task) =>
    array(
      `${task.role.replaceAll("-", "_")}_task`,
      taskArguments(application, task, {
        images: {
          base: ({ base }) => variable(imageVariable(base)),
          application: variable("RELEASE_IMAGE"),
        },
        assets: `${variable("release")}/deploy`,
        userFiles: variable("release"),
        containerOf: (role) => variable(`${role}_container`),
      }).map((text) => addressed(text, variable)),
    ),
  );
  const server = array("database_arguments", serviceOf(application, database.name).command ?? []);
  return [HEADER, ...arrays, server].join("\n");
}
