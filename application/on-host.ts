import type { Deployment } from "../config/deployment";
import type { Host } from "../config/host";

/** Ports that a host serves (constructs/aws/firewall.ts). Nothing answers https yet. */
const PORTS = { port: 80, httpsPort: 443 } as const;

/** Stands for the host's public address, which is known when a release begins; no name of the Internet (RFC 6761). */
export const PUBLIC_ADDRESS = "public-address.invalid";

/** The deployment as it runs on its host: the same, in the host's memory, on ports 80 and 443, under its domain and its address. */
export function onHost(deployment: Deployment, host: Host): Deployment {
  const { budget, domain } = host;
  const allowedHosts = [...deployment.project.allowedHosts, domain, PUBLIC_ADDRESS].filter(
    (name) => name !== undefined,
  );
  return {
    ...deployment,
    // A host has one deployment: there is none to tell it from.
    id: undefined,
    project: {
      ...deployment.project,
      allowedHosts: [...new Set(allowedHosts)],
      // It comes with each release; what it says is known there alone.
      envFile: { path: ".env", hash: "" },
    },
    web: { ...deployment.web, workers: budget.workers },
    memory: budget.shares,
    local: { ...deployment.local, profile: "production", address: "0.0.0.0", ...PORTS },
  };
}
