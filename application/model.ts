import type { Deployment } from "../config/deployment";
import type { Application } from "./application";
import type { Service } from "./service";
import { databaseService } from "./services/database";
import { holderService } from "./services/holder";
import { nginxCheckTask, nginxConfigTask, nginxService } from "./services/nginx";
import { secretsTask } from "./services/secrets";
import { developmentService, migrateTask, webService } from "./services/web";
import { volumesOf } from "./volumes";

/** The stack that a deployment describes. Pure: the same deployment gives the same stack. */
export function applicationOf(deployment: Deployment): Application {
  return {
    name: deployment.name,
    ...(deployment.id !== undefined && { id: deployment.id }),
    network: deployment.name,
    volumes: volumesOf(deployment.name),
    services:
      deployment.local.profile === "development" ? developmentOf(deployment) : productionOf(deployment),
  };
}

function productionOf(deployment: Deployment): Service[] {
  return [
    holderService(deployment),
    secretsTask(deployment),
    databaseService(deployment),
    nginxService(deployment),
    nginxCheckTask(deployment),
    migrateTask(deployment),
    webService(deployment),
    nginxConfigTask(deployment),
  ];
}

function developmentOf(deployment: Deployment): Service[] {
  return [
    holderService(deployment),
    secretsTask(deployment),
    databaseService(deployment),
    developmentService(deployment),
  ];
}
