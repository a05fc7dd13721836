import type { Application } from "../../application/application";
import type { Service } from "../../application/service";
import type { Deployment } from "../../config/deployment";

/** What must hold of every application, whatever its deployment; each sentence is one that doesn't. */
export function unsoundnessOf(application: Application, deployment: Deployment): string[] {
  const roles = application.services.map(({ role }) => role);
  const found = application.services.flatMap((service, index) => [
    ...orderOf(service, application.services.slice(0, index)),
    ...mountsOf(service, application, deployment),
    ...limitsOf(service),
    ...secretsOf(service, deployment),
    ...rightsOf(service),
    ...portsOf(service, deployment),
  ]);
  if (new Set(roles).size !== roles.length) found.push("a role is there twice");
  return found;
}

function orderOf({ role, dependsOn, processesOf }: Service, earlier: readonly Service[]): string[] {
  const before = new Map(earlier.map((service) => [service.role, service]));
  const late = [...dependsOn.map((dependency) => dependency.role), ...(processesOf ? [processesOf] : [])];
  return [
    ...late.filter((other) => !before.has(other)).map((other) => `${role} needs ${other}, which comes later`),
    ...dependsOn.flatMap(({ role: other, condition }) => {
      const service = before.get(other);
      const fits =
        condition === "completed"
          ? service?.kind === "task"
          : condition === "healthy"
            ? service?.healthCheck !== undefined
            : service !== undefined && service.kind !== "task";
      return fits ? [] : [`${role} waits until ${other} is ${condition}, which never happens`];
    }),
  ];
}

function mountsOf({ role, mounts }: Service, { volumes }: Application, deployment: Deployment): string[] {
  const targets = mounts.map(({ target }) => target);
  return [
    ...mounts.flatMap((mount) => {
      if (!mount.target.startsWith("/")) return [`${role} mounts at ${mount.target}`];
      if (mount.type === "volume" && !volumes.some((volume) => volume.role === mount.volume))
        return [`${role} mounts ${mount.volume}, which there isn't`];
      if (mount.type === "bind" && deployment.local.profile === "production")
        return [`${role} mounts a folder of this machine`];
      return mount.type === "tmpfs" && mount.size <= 0 ? [`${role} has no memory at ${mount.target}`] : [];
    }),
    ...(new Set(targets).size === targets.length ? [] : [`${role} mounts twice at one place`]),
  ];
}

function limitsOf({ role, memory, processes, stopGrace, healthCheck, startTimeout }: Service): string[] {
  const { interval = 1, timeout = 1, retries = 1, startPeriod = 1 } = healthCheck ?? {};
  const limits = { memory, processes, stopGrace, interval, timeout, retries, startPeriod };
  return Object.entries({ ...limits, startTimeout: startTimeout ?? 1 })
    .filter(([, limit]) => !Number.isSafeInteger(limit) || limit <= 0)
    .map(([name, limit]) => `${role} has ${name} ${limit}`);
}

/** Secrets come as files: the environment holds their paths, or the names under which a project reads them. */
function secretsOf({ role, environment }: Service, { project }: Deployment): string[] {
  const theirs = new Set(Object.keys(project.environment));
  return Object.entries(environment)
    .filter(([name]) => /PASSWORD|SECRET|DATABASE_URL|ENV_FILE/.test(name) && !theirs.has(name))
    .filter(([name, value]) =>
      name.endsWith("_FILE") ? !value.startsWith("/run/secrets/") : !name.endsWith("_VARIABLE"),
    )
    .map(([name]) => `${role} has ${name} in its environment`);
}

function rightsOf({ role, kind, user, readOnly, files, capabilities, entrypoint = [] }: Service): string[] {
  const found: string[] = [];
  if (!/^\d+:\d+$/.test(user)) found.push(`${role} runs as ${user}`);
  if (user.startsWith("0:") && kind !== "task") found.push(`${role} runs as root for good`);
  if (capabilities.length > 0 && kind !== "task") found.push(`${role} keeps ${capabilities.join(", ")}`);
  if (!readOnly && files.length === 0) found.push(`${role} may write its root`);
  if (entrypoint.some((argument) => argument.includes("\0"))) found.push(`${role} has a NUL argument`);
  return found;
}

function portsOf({ role, ports }: Service, { local }: Deployment): string[] {
  const allowed =
    local.profile === "production"
      ? { nginx: local.port }
      : { web: local.developmentPort, database: local.databasePort };
  const expected = (allowed as Readonly<Record<string, number | undefined>>)[role];
  const published = ports.map(({ external }) => external);
  return published.join() === (expected === undefined ? "" : String(expected))
    ? []
    : [`${role} publishes ${published.join()}`];
}
