import { join, resolve } from "node:path";
import { memoryShares } from "../../application/registry/queries";
import type { Deployment } from "../../config/deployment";
import type { GitHub } from "../../config/github";
import { isSchedule, readSchedule } from "../../config/grammar/schedule";
import { type Host, type SshKey, SshAccess } from "../../config/host";
import { DJANGO_TESTS } from "../../config/project";

/** The program's own folder. */
export const ROOT = resolve(__dirname, "..", "..");

/** The least share of each definition, MiB: one that is new has room in every rendering. */
const LEAST = Object.fromEntries(memoryShares().map(({ name, least }) => [name, least]));

/** The example as `loadDeployment` reads it, written out: what a rendering is made from. */
export const guestbook: Deployment = {
  name: "guestbook",
  project: {
    folder: join(ROOT, "examples", "guestbook"),
    workingDirectory: "/app",
    settings: "config.settings.prod",
    developmentSettings: "config.settings.dev",
    wsgi: "config.wsgi:application",
    python: { version: "3.13", pinned: false },
    requirements: "requirements.txt",
    packages: [],
    buildPackages: [],
    static: { root: "/app/staticfiles", url: "/static/" },
    media: { root: "/app/media", url: "/media/" },
    healthPath: "/health/",
    healthAnyAnswer: false,
    allowedHosts: ["localhost", "127.0.0.1"],
    environment: {},
    overlay: false,
    databaseVariables: {
      host: "DATABASE_HOST",
      port: "DATABASE_PORT",
      name: "DATABASE_NAME",
      user: "DATABASE_USER",
      password: "DATABASE_PASSWORD",
    },
    secretKeyVariable: "SECRET_KEY",
  },
  database: { image: { version: "11.8", pinned: false }, name: "django", user: "django" },
  web: {
    workers: 3,
    threads: 4,
    timeout: 30,
    gracefulTimeout: 30,
    maxRequests: 10000,
    soak: 5,
    startTimeout: 120,
  },
  processes: [],
  jobs: [],
  proxy: {
    image: { version: "1.30", pinned: false },
    bodySize: 20,
    rateLimit: 200,
    loginRateLimit: 20,
    loginPaths: [],
    trusted: [],
    connectionLimit: 200,
    staticLog: false,
    workerConnections: 1024,
  },
  release: { accept: {} },
  local: {
    profile: "production",
    port: 8080,
    developmentPort: 8000,
    databasePort: 3307,
    address: "127.0.0.1",
  },
  memory: { ...LEAST, web: 480, database: 464, nginx: 128 },
};

/** The same in the profile `development`. */
export const guestbookInDevelopment: Deployment = {
  ...guestbook,
  local: { ...guestbook.local, profile: "development" },
};

/** The same with processes: several containers of one, and one that never runs twice. */
export const guestbookWithProcesses: Deployment = {
  ...guestbook,
  processes: [
    {
      name: "my-worker",
      command: ["sh", "-c", "exec a --b \"${C}\" '%{d}' | $e"],
      ...{ memory: 96, stopGrace: 3600, count: 3, singleton: false },
    },
    { name: "beat", command: ["beat"], memory: 64, stopGrace: 1, count: 1, singleton: true },
  ],
};

/** A deployment with jobs: one of each night, and one that runs by hand. */
export function withJobs(deployment: Deployment): Deployment {
  const schedule = readSchedule("0 3 * * *");
  if (!isSchedule(schedule)) throw new Error(schedule.wrong);
  return {
    ...deployment,
    jobs: [
      {
        name: "clean",
        schedule,
        command: ["python", "manage.py", "clean", "100%", "$HOME"],
        ...{ timeLimit: 600, memory: 96 },
      },
      { name: "load", command: ["load"], timeLimit: 3600, memory: 64 },
    ],
  };
}

/**
 * The same on a machine of AWS.
 *
 * @param root folder of the deployment, in which the keys lie
 * @param host what is otherwise than by default
 */
export function guestbookOnHost(root: string, host: Partial<Host> = {}): Deployment {
  const key = (use: string, byte: number): SshKey => ({
    file: join(root, ".deployment", "ssh", `${use}_ed25519`),
    publicKey: publicKeyOf(byte),
  });
  return {
    ...guestbook,
    host: {
      region: "eu-central-1",
      zone: "eu-central-1a",
      instanceType: { name: "t4g.small", memory: 2048, processors: 2, architecture: "arm64" },
      budget: {
        workers: 5,
        shares: { ...LEAST, web: 544, database: 400, nginx: 64 },
        system: 496,
        swap: 2048,
      },
      rootDisk: 16,
      dataDisk: 20,
      ssh: SshAccess.NOBODY,
      backupDays: 14,
      tags: {},
      keys: { deploy: key("deploy", 1), host: key("host", 2) },
      ...host,
    },
  };
}

/**
 * The same, gone live by a push to GitHub.
 *
 * @param root folder of the deployment, in which the keys lie
 * @param github what is otherwise than by default
 * @param host what of the machine is otherwise than by default
 */
export function guestbookOnGitHub(
  root: string,
  github: Partial<GitHub> = {},
  host: Partial<Host> = {},
): Deployment {
  return {
    ...guestbookOnHost(root, { ssh: SshAccess.RUNNER, ...host }),
    github: {
      owner: "octocat",
      repository: "guestbook",
      branch: "main",
      environment: "production",
      reviewers: [],
      build: "host",
      tests: DJANGO_TESTS,
      oidcProvider: "create",
      ...github,
    },
  };
}

/** A public key in the form that AWS takes: one byte, 32 times. */
function publicKeyOf(byte: number): string {
  const type = "ssh-ed25519";
  const fields = [Buffer.from(type), Buffer.alloc(32, byte)].flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return `${type} ${Buffer.concat(fields).toString("base64")}`;
}
