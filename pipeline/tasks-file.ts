import { type Application, serviceOf } from "../application/application";
import { taskArguments } from "../application/task-arguments";
import { array, variable } from "./bash";
import { BASE_IMAGE_VARIABLES, addressed } from "./host-settings-file";

const HEADER = `# shellcheck shell=bash disable=SC2016,SC2034,SC2054,SC2154 # words with $ and commas in them, which the release script reads
# What runs once in a release, and the holder, as arguments of docker run. Of MariaDB, for repair-access, what comes
# after those: the server's arguments.
`;

/** The application's tasks as arrays of Bash: what `docker run` gets on a host. Pure. */
export function tasksFile(application: Application): string {
  const base = (name: keyof typeof BASE_IMAGE_VARIABLES) => () => variable(BASE_IMAGE_VARIABLES[name]);
  const tasks = application.services.filter(({ kind, role }) => kind === "task" || role === "holder");
  const database = serviceOf(application, "database");
  const arrays = tasks.map((task) =>
    array(
      `${task.role.replaceAll("-", "_")}_task`,
      taskArguments(application, task, {
        images: {
          python: base("python"),
          nginx: base("nginx"),
          mariadb: base("mariadb"),
          application: variable("RELEASE_IMAGE"),
        },
        assets: `${variable("release")}/deploy`,
        userFiles: variable("release"),
        containerOf: (role) => variable(`${role}_container`),
      }).map((text) => addressed(text, variable)),
    ),
  );
  const server = array("database_arguments", database.command ?? []);
  return [HEADER, ...arrays, server].join("\n");
}
