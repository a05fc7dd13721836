import type { GitHub } from "./github";
import type { Schedule } from "./grammar/schedule";
import type { Host } from "./host";
import type { MemoryBudget } from "./memory-budget";

/**
 * A deployment after `deployment.ts` and the project's files have been read: complete, checked, plain data.
 * Everything that is built from it (`application/`, `stacks/`) reads this and nothing else.
 */
export interface Deployment {
  /** Prefix of every Docker object. */
  readonly name: string;
  /** What tells its data from those of a deployment of the same name; undefined before its first start. */
  readonly id?: string;
  readonly project: Project;
  readonly database: Database;
  readonly web: Web;
  /** What runs beside web, each name once. */
  readonly processes: readonly Process[];
  /** What runs to its end at its times, each name once. */
  readonly jobs: readonly Job[];
  readonly proxy: Proxy;
  readonly release: Release;
  readonly local: Local;
  /** MiB of one container, by name of its definition (`application/registry/definitions.ts`): its share of the machine's memory. */
  readonly memory: MemoryBudget["shares"];
  /** The machine on AWS, when there is one. */
  readonly host?: Host;
  /** The repository on GitHub, when there is one; then there is a machine, too. */
  readonly github?: GitHub;
}

/** Version of a piece of software that comes as a base image. */
export interface ImageVersion {
  /** Tag of the official image, without its flavour: `3.13`, `11.8`, `1.30`. */
  readonly version: string;
  /** The user asked for this very version. Otherwise, where no registry can be reached, a near one will do. */
  readonly pinned: boolean;
}

/** Files of one kind, and where they are served. */
export interface ServedFolder {
  /** Path in the container, absolute. */
  readonly root: string;
  /** URL path that starts and ends with a slash. */
  readonly url: string;
}

/** The Django project. */
export interface Project {
  /** Folder of the project on this machine, absolute; appears in no rendering. */
  readonly folder: string;
  /** Folder of `manage.py` in the container, where Django is started. */
  readonly workingDirectory: string;
  readonly settings: string;
  readonly developmentSettings: string;
  /** `module:attribute`. */
  readonly wsgi: string;
  readonly python: ImageVersion;
  /** Requirements file, relative to `folder`. */
  readonly requirements: string;
  readonly packages: readonly string[];
  readonly buildPackages: readonly string[];
  readonly static: ServedFolder;
  readonly media: ServedFolder;
  readonly healthPath: string;
  /** Any answer below 500 is healthy: the path is a guess, so that it may ask for a login or not exist. */
  readonly healthAnyAnswer: boolean;
  readonly allowedHosts: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The secret environment, when there is any. */
  readonly envFile?: EnvFile;
  /** Our settings on top of the project's own. */
  readonly overlay: boolean;
  /** Names under which the settings read the database, where they are not ours. */
  readonly databaseVariables: DatabaseVariables;
  /** Variable by which the settings have DEBUG on, and the value that turns it off in production. */
  readonly debugOff?: { readonly variable: string; readonly value: string };
  /** Variable from which the settings read ALLOWED_HOSTS, and what stands between two hosts in it. */
  readonly allowedHostsVariable?: { readonly name: string; readonly separator: string };
  /** Name under which the settings read Django's secret key. */
  readonly secretKeyVariable?: string;
}

/** Environment variables from which the project's settings take the parts of the database's address. */
export interface DatabaseVariables {
  /** With what it must say for MariaDB. */
  readonly engine?: { readonly variable: string; readonly value: string };
  readonly host?: string;
  readonly port?: string;
  readonly name?: string;
  readonly user?: string;
  readonly password?: string;
  /** All parts in one URL. */
  readonly url?: string;
}

/** The user's `.env`: never its values. */
export interface EnvFile {
  /** Absolute path on this machine. */
  readonly path: string;
  /** SHA-256 of its bytes, hexadecimal: says when containers must take it up again. */
  readonly hash: string;
}

/** MariaDB. */
export interface Database {
  readonly image: ImageVersion;
  readonly name: string;
  readonly user: string;
}

/** gunicorn and Django; times in seconds. */
export interface Web {
  readonly workers: number;
  readonly threads: number;
  readonly timeout: number;
  readonly gracefulTimeout: number;
  readonly maxRequests: number;
  readonly soak: number;
  readonly startTimeout: number;
}

/** A command on the application's own image that runs to its end. */
export interface Job {
  /** Lower-case letters, digits and `-`; no definition of ours and no process has it. */
  readonly name: string;
  /** When the host runs it. @default only when somebody asks for it */
  readonly schedule?: Schedule;
  /** The program and its arguments; no shell. */
  readonly command: readonly string[];
  /** Seconds that it may take. */
  readonly timeLimit: number;
  /** Most memory, MiB. */
  readonly memory: number;
}

/** A command on the application's own image that runs beside web. */
export interface Process {
  /** Lower-case letters, digits and `-`; no definition of ours has it. */
  readonly name: string;
  /** The program and its arguments; no shell. */
  readonly command: readonly string[];
  /** Most memory of one container, MiB. */
  readonly memory: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly stopGrace: number;
  /** Containers that run side by side. */
  readonly count: number;
  /** Two never run at once; then `count` is 1. */
  readonly singleton: boolean;
}

/** nginx; sizes in MiB, the rate in requests a second, that of log-ins in requests a minute. */
export interface Proxy {
  readonly image: ImageVersion;
  readonly bodySize: number;
  readonly rateLimit: number;
  readonly loginRateLimit: number;
  /** Paths of log-ins beside those that are told by their names. */
  readonly loginPaths: readonly string[];
  readonly connectionLimit: number;
  /** Networks, in CIDR form, whose word for a visitor's address and scheme is taken. */
  readonly trusted: readonly string[];
  /** Static files that were served are in the access log, too. */
  readonly staticLog: boolean;
  readonly workerConnections: number;
}

/** How a release is made. */
export interface Release {
  /** Migrations that need not fit the release that serves, by the names that Django has for them, and why. */
  readonly accept: Readonly<Record<string, string>>;
}

/** The stack on the local engine. */
export interface Local {
  readonly profile: "production" | "development";
  readonly port: number;
  /** Port at which nginx will answer https. @default none: this computer has none */
  readonly httpsPort?: number;
  readonly developmentPort: number;
  readonly databasePort: number;
  /** Address on which ports are published. */
  readonly address: string;
  readonly dockerHost?: string;
}
