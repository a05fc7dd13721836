import type { Deployment } from "../config/deployment";
import type { Host } from "../config/host";

/** Ports that a host serves (constructs/aws/firewall.ts). */
const HTTP = 80;

/**
 * The deployment as it runs on its host: the same, in the host's memory, on port 80, under its domain.
 *
 * @param address public address of the host, under which it answers too. @default only the domain and the allowed hosts
 */
export function onHost(deployment: Deployment, host: Host, address?: string): Deployment {
  const { budget, domain } = host;
  const allowedHosts = [...deployment.project.allowedHosts, domain, address].filter(
    (name) => name !== undefined,
  );
  return {
    ...deployment,
    project: { ...deployment.project, allowedHosts: [...new Set(allowedHosts)] },
    web: { ...deployment.web, memory: budget.web, workers: budget.workers },
    database: { ...deployment.database, memory: budget.database },
    proxy: { ...deployment.proxy, memory: budget.proxy },
    local: { ...deployment.local, profile: "production", address: "0.0.0.0", port: HTTP },
  };
}
