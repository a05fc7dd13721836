import type { Project } from "../config/deployment";
import type { Application } from "./application";
import type { Definition } from "./registry/definition";

/** A secret as the definition that owns it describes it: a file of the secrets volume. */
export interface SecretDescription {
  /** Name of the file, which the secrets task makes. */
  readonly name: string;
  /** Who reads it: the container of its definition, the application's processes, or all of these. Jobs are like processes. */
  readonly readers: "owner" | "processes" | "all";
  /** Variable in which a running process holds the value. @default none does */
  readonly variable?: string;
  /** Names under which the user's `.env` may give the value; the first that is there wins. @default the variable's */
  readonly givenAs?: readonly string[];
  /** The value is the user's `.env`, byte for byte; without a `.env` there is no file. @default it is made */
  readonly isEnvFile?: boolean;
  /** What a new value means for those who use the application: a lost one is refused. @default nothing */
  readonly consequence?: string;
}

/** A file of the secrets volume, and who reads it. */
export interface SecretFile {
  readonly name: string;
  /** Names of the definitions whose containers read it. */
  readonly readers: readonly string[];
}

/** Every file of the secrets volume. `env` is the user's own; without one it is missing there. */
export function secretFilesOf(definitions: readonly Definition[]): SecretFile[] {
  const processes = definitions
    .filter(({ kind }) => kind === "process" || kind === "job")
    .map(({ name }) => name);
  return definitions.flatMap(({ name: owner, secrets = [] }) =>
    secrets.map(({ name, readers }) => ({
      name,
      readers: [...(readers === "processes" ? [] : [owner]), ...(readers === "owner" ? [] : processes)],
    })),
  );
}

/** The files that a service reads. */
export function secretsOf({ secrets }: Application, role: string): SecretFile[] {
  return secrets.filter(({ readers }) => readers.includes(role));
}

/**
 * Environment that tells under which names the project's settings read secrets, where these are not ours; never a value.
 */
export function secretNames(project: Project, definitions: readonly Definition[]): Record<string, string> {
  const names = definitions.flatMap(({ secretVariables }) =>
    Object.entries(secretVariables?.(project) ?? {}),
  );
  return Object.fromEntries(
    names.flatMap(([ours, theirs]) =>
      theirs === undefined || theirs === ours ? [] : [[`${ours}_VARIABLE`, theirs] as const],
    ),
  );
}
