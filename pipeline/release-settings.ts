import { type Application, LABEL, objectName, serviceOf } from "../application/application";
import { healthHost } from "../application/health-host";
import { DATA_VOLUME, database } from "../application/backing-services/database";
import { memoryOf } from "../application/registry/definition";
import { baseOf, imageVariable } from "../application/image";
import { PUBLIC_ADDRESS } from "../application/on-host";
import { SECRETS_VOLUME } from "../application/tasks/secrets";
import { rolesThat } from "../application/registry/queries";
import { releaseSteps, stepOf } from "../application/registry/release-steps";
import { secretsOf } from "../application/secrets";
import { type Judge, type LastingKind, type Service, isLasting } from "../application/service";
import { taskArguments } from "../application/renderings/task-arguments";
import type { Deployment } from "../config/deployment";
import type { Schedule } from "../config/grammar/schedule";
import { addressed } from "./address";
import { type Word, value, word } from "./word";
import { TIMEOUT } from "./workflow/deploy-workflow";

/** In place of a file's path: assets/image/bin/entrypoint reads `.env` there, its length before it. */
const STANDARD_INPUT = "-";

/**
 * Seconds after which no run can need a rule of the firewall any more that it has opened for its runner. A run opens it
 * after its beginning, and GitHub ends the run at its time limit ({@link TIMEOUT}). The steps that close the port have 5
 * minutes more (docs.github.com, "Workflow cancellation"). 10 minutes are for clocks: AWS takes no signature of a machine
 * whose clock is wrong by more than 5, neither the runner's, which writes the time into the rule, nor the host's.
 */
const RUNNER_RULE_LIMIT = (TIMEOUT + 5 + 10) * 60;

/** Seconds for a task that says nothing of its own. */
const TASK_LIMIT = 600;

/** What {@link releaseSettings} are made from. */
export interface ReleaseSettingsProps {
  /** The deployment as it is on its host. */
  readonly deployment: Deployment;
  readonly application: Application;
}

/** A service of the Swarm. */
export interface ServiceSettings {
  readonly name: string;
  readonly kind: LastingKind;
  /** Name of the step in which a new or changed one comes. */
  readonly step: string;
  readonly judge: Judge;
  /** Whether the engine asks its containers how they are. */
  readonly healthCheck: boolean;
  /** Whether two never run at once. */
  readonly singleton: boolean;
  /** Containers that run side by side. */
  readonly copies: number;
  /** Whether every visitor's request passes through it. */
  readonly servesRequests: boolean;
  /** Whether it keeps the secrets with which it was started. */
  readonly keepsSecrets: boolean;
  /** Files in the volume of the secrets that it gets. */
  readonly secrets: readonly string[];
  /** Seconds: until a new container is good, for which it must then stay so, and from the signal to stop to its end. */
  readonly startTimeout: number;
  readonly soak: number;
  readonly stopGrace: number;
  /** Ports of the host that lead to it. */
  readonly ports: readonly number[];
}

/** A task. */
export interface TaskSettings {
  /** Arguments of `docker run`. */
  readonly arguments: readonly Word[];
  /** Seconds that it may take. */
  readonly limit: number;
  /** See `Traits.changesSchema`. */
  readonly changesSchema: boolean;
  /** What it means when it fails; empty: nothing beside what it says itself. */
  readonly failure: string;
  /** Name of a service whose container must run; empty: there is none. */
  readonly processesOf: string;
}

/** A job. */
export interface JobSettings {
  /** Arguments of `docker create`. The user's `.env` comes by standard input. */
  readonly arguments: readonly Word[];
  /** When it runs; null: only when somebody asks for it. */
  readonly schedule: Schedule | null;
  /** Seconds that a run may take, and from SIGTERM to SIGKILL when it takes longer. */
  readonly timeLimit: number;
  readonly stopGrace: number;
}

/** What the release program knows of the application; it reads the same in release_program/settings/model.py. */
export interface ReleaseSettings {
  readonly name: string;
  /** Names of the labels that tell whose an object is. */
  readonly labels: Readonly<Record<"name" | "revision" | "kind", string>>;
  /** Each base image, by its name; the host's environment may name another one. */
  readonly images: Readonly<Record<string, string>>;
  /** How the application's image is made. */
  readonly build: { readonly repository: string; readonly arguments: readonly Word[] };
  readonly volumes: readonly string[];
  /** MariaDB's data, and how it is started on them. `memory` is in MiB. */
  readonly database: {
    readonly volume: string;
    readonly name: string;
    readonly user: string;
    /** MariaDB's version, and whether `deployment.ts` says it. */
    readonly version: string;
    readonly pinned: boolean;
    readonly memory: number;
    readonly arguments: readonly string[];
  };
  /** Names of the steps of a release, in their order. */
  readonly steps: readonly string[];
  /** Services of the Swarm, in the order in which they can start. */
  readonly services: readonly ServiceSettings[];
  /** The volume of the secrets, and the files in it that services get. */
  readonly secrets: { readonly volume: string; readonly files: readonly string[] };
  /** Where and by which name the application is asked how it is, and whether an answer such as 404 is good, too. */
  readonly health: { readonly path: string; readonly host: Word; readonly anyAnswer: boolean };
  /** What runs once in a release, by its name. */
  readonly tasks: Readonly<Record<string, TaskSettings>>;
  /** What runs at its times, or by hand, by its name. */
  readonly jobs: Readonly<Record<string, JobSettings>>;
  /** Seconds after which no run can need a rule of the firewall that its runner has opened; null: no runner opens it. */
  readonly runnerRuleLimit: number | null;
  /** The container that keeps the volumes in use, as arguments of `docker run`. */
  readonly holder: readonly Word[];
}

/** What the release program knows of the application. Pure. */
export function releaseSettings({ deployment, application }: ReleaseSettingsProps): ReleaseSettings {
  const { github, host, project, web } = deployment;
  const build = application.services
    .map(({ image }) => image)
    .find((image) => image.kind === "application")?.build;
  const buildArguments = {
    ...(build && { [imageVariable(build.base.base)]: value(`image.${build.base.base}`) }),
    ...build?.arguments,
  };
  const tasks = application.services.filter(({ kind }) => kind === "task");
  const [keeper = ""] = rolesThat(({ keepsVolumes }) => keepsVolumes);
  return {
    name: application.name,
    labels: { name: LABEL.name, revision: LABEL.revision, kind: LABEL.kind },
    images: Object.fromEntries(
      application.services.map(({ image }) => [baseOf(image).base, baseOf(image).reference]),
    ),
    build: {
      repository: build?.repository ?? "",
      arguments: Object.entries(buildArguments).map(([name, text]) => word(`${name}=${text}`)),
    },
    volumes: application.volumes.map(({ name }) => name),
    database: {
      volume: objectName(application, DATA_VOLUME),
      name: deployment.database.name,
      ...baseOf(database.image(deployment)).version,
      user: deployment.database.user,
      memory: memoryOf(deployment, database),
      arguments: serviceOf(application, database.name).command ?? [],
    },
    steps: releaseSteps(tasks.map(({ role, kind, release }) => ({ name: role, kind, release }))),
    services: application.services
      .filter(isLasting)
      .filter(({ keepsVolumes }) => !keepsVolumes)
      .map((service) => serviceSettings(application, service, web)),
    secrets: {
      volume: objectName(application, SECRETS_VOLUME),
      files: application.secrets.map(({ name }) => name),
    },
    health: {
      path: project.healthPath,
      host: wordAt(healthHost(project.allowedHosts, PUBLIC_ADDRESS)),
      anyAnswer: project.healthAnyAnswer,
    },
    tasks: Object.fromEntries(tasks.map((task) => [task.role, taskSettings(application, task)])),
    jobs: Object.fromEntries(
      application.services
        .filter(({ kind }) => kind === "job")
        .map((job) => [job.role, jobSettings(application, job)]),
    ),
    runnerRuleLimit: github && host?.ssh.byRunner === true ? RUNNER_RULE_LIMIT : null,
    holder: containerWords(application, serviceOf(application, keeper)),
  };
}

/** @param usual what counts for a service that has no time of its own */
function serviceSettings(
  application: Application,
  service: Service & { readonly kind: LastingKind },
  usual: Pick<ServiceSettings, "startTimeout" | "soak">,
): ServiceSettings {
  const { role, kind, judge, healthCheck, singleton, servesRequests, keepsSecrets } = service;
  return {
    name: role,
    kind,
    step: stepOf(service),
    judge: judge ?? "started",
    healthCheck: healthCheck !== undefined,
    singleton,
    copies: service.copies ?? 1,
    servesRequests: servesRequests === true,
    keepsSecrets: keepsSecrets === true,
    secrets: secretsOf(application, role).map(({ name }) => name),
    startTimeout: service.startTimeout ?? usual.startTimeout,
    soak: usual.soak,
    stopGrace: service.stopGrace,
    ports: service.ports.map(({ external }) => external),
  };
}

function taskSettings(application: Application, task: Service): TaskSettings {
  return {
    arguments: containerWords(application, task),
    limit: task.timeLimit ?? TASK_LIMIT,
    changesSchema: task.changesSchema === true,
    failure: task.failure ?? "",
    processesOf: task.processesOf ?? "",
  };
}

function jobSettings(application: Application, job: Service): JobSettings {
  // The volume may hold the `.env` of a release that failed: each job gets that of the release that serves.
  const environment = { ...job.environment, ENV_FILE: STANDARD_INPUT };
  return {
    arguments: containerWords(application, { ...job, environment }),
    schedule: job.schedule ?? null,
    timeLimit: job.timeLimit ?? TASK_LIMIT,
    stopGrace: job.stopGrace,
  };
}

/** {@link ReleaseSettings} as `deploy/host/settings.json`. Pure. */
export function releaseSettingsText(settings: ReleaseSettings): string {
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

/** A container as arguments of `docker run` on the host. */
function containerWords(application: Application, service: Service): Word[] {
  return taskArguments(application, service, {
    images: {
      base: ({ base }) => value(`image.${base}`),
      application: value("image.application"),
    },
    assets: `${value("folder")}/deploy`,
    userFiles: value("folder"),
    containerOf: (role) => value(`container.${role}`),
  }).map(wordAt);
}

/** A text as a word, with the host's address where it belongs. */
function wordAt(text: string): Word {
  return word(addressed(text, () => value("address")));
}
