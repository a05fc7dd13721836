import { createHash } from "node:crypto";
import { baseReference } from "../../application/renderings/compose-values";
import { database } from "../../application/backing-services/database";
import { baseOf } from "../../application/image";
import { applicationImage } from "../../application/processes/application-image";
import { READ_FROM_FILES, djangoEnvironment } from "../../application/processes/django-environment";
import { DEFINITIONS } from "../../application/registry/definitions";
import { objectName } from "../../application/application";
import type { Deployment } from "../../config/deployment";
import { testSettings } from "./test-settings";

/** What the scripts of `deploy/runner` are told in `deploy/settings.sh`. */
export interface RunnerSettings {
  /** The deployment's name. */
  readonly name: string;
  /** Repository of the application's image. */
  readonly image: string;
  /** Image that it is built on, as a shell reads it: a machine may name its own in a variable. */
  readonly pythonImage: string;
  /** MariaDB's image, for tests; likewise. */
  readonly databaseImage: string;
  /** Name under which the tests' settings look for the database. */
  readonly databaseAlias: string;
  /** Folder of manage.py in the container. */
  readonly workingDirectory: string;
  /** Dockerfile's arguments but for the base image. */
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Line of a shell that runs the project's tests. */
  readonly testCommand: string;
  /** Their own requirements file, below the project's folder; empty: they need none. */
  readonly testRequirements: string;
  /** Environment of the project's tests; passwords are made when they run. */
  readonly testEnvironment: Readonly<Record<string, string>>;
  /** Names of the variables that hold secrets: the tests' run gives each the password that it has made. */
  readonly testSecrets: readonly string[];
  /** Whether static files are collected before the tests: production's settings may want them. */
  readonly testsCollect: boolean;
  /** Requirements files, below the project's folder; pip starts with the first. */
  readonly requirements: readonly string[];
  /** SHA-256 of .dockerignore, hexadecimal; `none` without one. */
  readonly dockerignore: string;
  /** What stays out of the image, see `IgnoreRules.rendered`. */
  readonly ignored: readonly string[];
  /** Programs below `deploy/`: what GitHub's API commits has no mode. */
  readonly executables: readonly string[];
}

/** What only the project's files say. */
export interface RunnerFacts {
  readonly requirements: readonly string[];
  /** The project's files in the image. */
  readonly projectFiles: readonly string[];
  /** Bytes of .dockerignore. @default there is none */
  readonly dockerignore?: Uint8Array;
  readonly ignored: readonly string[];
  readonly executables: readonly string[];
}

/** The settings of a deployment. Pure. */
export function runnerSettings(deployment: Deployment, facts: RunnerFacts): RunnerSettings {
  const { build } = applicationImage(deployment);
  const settings = testSettings(deployment.project, facts.projectFiles);
  const environment = testEnvironment(deployment, settings);
  return {
    name: deployment.name,
    image: build.repository,
    pythonImage: baseReference(build.base),
    databaseImage: baseReference(baseOf(database.image(deployment))),
    databaseAlias: objectName(deployment, database.name),
    workingDirectory: deployment.project.workingDirectory,
    buildArguments: build.arguments,
    testCommand: deployment.github?.tests?.command ?? "",
    testRequirements: deployment.github?.tests?.requirements ?? "",
    testEnvironment: environment,
    testSecrets: (environment[READ_FROM_FILES] ?? "").split(" "),
    testsCollect: settings === undefined,
    requirements: facts.requirements,
    dockerignore:
      facts.dockerignore === undefined
        ? "none"
        : createHash("sha256").update(facts.dockerignore).digest("hex"),
    ignored: facts.ignored,
    executables: facts.executables,
  };
}

/** Django's tests make a database of their own, which only MariaDB's root may. */
function testEnvironment(deployment: Deployment, settings: string | undefined): Record<string, string> {
  const tested: Deployment = {
    ...deployment,
    project:
      settings === undefined ? deployment.project : { ...deployment.project, settings, overlay: false },
    database: { ...deployment.database, user: "root" },
  };
  const environment = djangoEnvironment(tested, DEFINITIONS);
  // Files of a running host.
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.endsWith("_FILE")));
}
