import { CONFIGURATION, nginx } from "../backing-services/nginx";
import type { TaskDefinition } from "../registry/definition";
import { RUN_VOLUME, SOCKETS } from "../processes/volumes";
import { web } from "../processes/web";
import { volumeMount } from "../volume";
import { nginxConfiguration } from "./nginx-configuration";

/** Renders nginx's configuration, tests it, and reloads nginx; a broken one changes nothing and fails. */
export const nginxConfig: TaskDefinition = {
  name: "nginx-config",
  kind: "task",
  profiles: ["production"],
  stack: "local",
  release: "after",
  image: nginx.image,
  container: (deployment) => ({
    ...nginxConfiguration(deployment),
    entrypoint: ["sh", "/upload/apply.sh", "apply"],
    failure: "nginx did not take its configuration; it still has the one before.",
    mounts: [volumeMount(CONFIGURATION.volume, CONFIGURATION.folder), volumeMount(RUN_VOLUME, SOCKETS)],
    processesOf: nginx.name,
    // Root owns the configuration, so that nginx can't change it; what concerns nginx is done as its user.
    user: "0:0",
    capabilities: ["SETUID", "SETGID"],
    dependsOn: [
      { role: nginx.name, condition: "started" },
      // The new configuration belongs to the new release: it goes live after it.
      { role: web.name, condition: "healthy" },
    ],
  }),
};
