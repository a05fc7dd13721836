import type { TaskDefinition } from "../registry/definition";
import { nginx } from "../backing-services/nginx";
import { nginxConfiguration } from "./nginx-configuration";

/** Refuses a configuration that nginx would not load, before a release has changed anything. */
export const nginxCheck: TaskDefinition = {
  name: "nginx-check",
  kind: "task",
  profiles: ["production"],
  stack: "local",
  release: "before",
  image: nginx.image,
  container: (deployment) => ({
    ...nginxConfiguration(deployment),
    entrypoint: ["sh", "/upload/apply.sh", "check"],
    failure: "nginx refuses its configuration; nothing was changed.",
    mounts: [],
  }),
};
