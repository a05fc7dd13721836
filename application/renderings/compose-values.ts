import type { ComposeValue } from "./compose";
import { type BaseImage, imageVariable } from "../image";
import type { Service } from "../service";

/** A machine without a registry names its own image in the variable of the same name as Terraform's. */
export function baseReference({ base, reference }: BaseImage): string {
  return `\${${imageVariable(base)}:-${reference}}`;
}

/** Compose would read `$` as a variable. */
export function escapeDollar(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** {@link escapeDollar} for every value. */
export function escapeValues(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, escapeDollar(value)]));
}

/** What runs in a service's container, as whom, and with which rights: the same words in both dialects. */
export function processEntry(service: Service): Record<string, ComposeValue> {
  return {
    ...(service.entrypoint && { entrypoint: service.entrypoint.map(escapeDollar) }),
    ...(service.command && { command: service.command.map(escapeDollar) }),
    ...(service.init && { init: true }),
    ...(service.workingDirectory && { working_dir: escapeDollar(service.workingDirectory) }),
    environment: escapeValues(service.environment),
    user: service.user,
    read_only: service.readOnly,
    cap_drop: ["ALL"],
    ...(service.capabilities.length > 0 && { cap_add: service.capabilities }),
  };
}

/** How the engine asks whether a service works, when it does. */
export function healthCheckEntry({ healthCheck }: Service): Record<string, ComposeValue> {
  if (!healthCheck) return {};
  return {
    healthcheck: {
      test: ["CMD", ...healthCheck.command.map(escapeDollar)],
      interval: `${healthCheck.interval}s`,
      timeout: `${healthCheck.timeout}s`,
      retries: healthCheck.retries,
      start_period: `${healthCheck.startPeriod}s`,
    },
  };
}

/** Logs are kept in rotated files (CIS Docker Benchmark). */
export const loggingEntry = {
  logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
} as const;

/** Names of images where they may be other ones than the official. */
export interface ImageNames {
  readonly base: (image: BaseImage) => string;
  readonly application: string;
}
