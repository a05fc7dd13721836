import { database } from "../backing-services/database";
import { holder } from "../backing-services/holder";
import { nginx } from "../backing-services/nginx";
import type { Definition } from "./definition";
import { web } from "../processes/web";
import { migrate } from "../tasks/migrate";
import { nginxCheck } from "../tasks/nginx-check";
import { nginxConfig } from "../tasks/nginx-config";
import { secrets } from "../tasks/secrets";

/**
 * Every container that an application may have. A new one is one file, and one line here; all else iterates over this
 * list. The order is that of the volumes and of the secrets in every rendering. In which order containers start follows
 * from what they wait for (`order.ts`).
 */
export const DEFINITIONS: readonly Definition[] = [
  database,
  web,
  secrets,
  nginx,
  nginxCheck,
  migrate,
  nginxConfig,
  holder,
];
