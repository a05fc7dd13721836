import type { Deployment } from "../../config/deployment";
import { APPLICATION_USER } from "../image";
import type { Definition, Surroundings } from "../registry/definition";
import type { SecretDescription } from "../secrets";

/** A file of the secrets volume, as the secrets task makes it (assets/secrets/secret_files.py reads the same). */
interface SecretInput {
  readonly name: string;
  /** `uid:gid`. */
  readonly owner: string;
  /** Octal. */
  readonly mode: string;
  /** Names under which the user's `.env` may give the value. */
  readonly givenAs: readonly string[];
  /** Variable of the task that says under which name the project's settings read it; empty: they read none. */
  readonly theirName: string;
  /** Whether its service keeps the value, too, in tables of its own: a file alone changes nothing. */
  readonly kept: boolean;
  /** Whether a lost one is refused, once there is data: a new value is no small thing. */
  readonly lasting: boolean;
  /** Whether it is the user's `.env`. */
  readonly isEnvFile: boolean;
}

/** A volume, and whose it is. */
interface VolumeInput {
  readonly volume: string;
  /** `uid:gid`. */
  readonly owner: string;
  /** Octal. */
  readonly mode: string;
  /** Whether only a new volume is given away. */
  readonly keepsOwner: boolean;
}

/** Mode of a volume's folder that says nothing else. */
const MODE = "0755";

/**
 * What the secrets task is told, as its environment: the files that it makes and the volumes that it gives away, in JSON.
 * No value is in it. Who reads a file follows from `readers`: its service's user alone, the application's, or both, of
 * which the application's is the group.
 *
 * @param own the task's own definition, whose volumes are root's
 */
export function secretsInput(
  deployment: Deployment,
  surroundings: Surroundings,
  own: string,
): Readonly<Record<"VOLUME_FILES" | "VOLUME_OWNERS", string>> {
  const user = (definition: Definition): string =>
    definition.name === own ? "0:0" : definition.container(deployment, surroundings).user;
  const files = surroundings.definitions.flatMap((definition) =>
    (definition.secrets ?? []).map((secret) => secretInput(definition, user(definition), secret)),
  );
  const owners = surroundings.definitions.flatMap((definition) =>
    (definition.volumes ?? [])
      .filter(({ data }) => data !== undefined)
      .map(({ role, mode = MODE, keepsOwner = false }): VolumeInput => ({
        ...{ volume: role, owner: user(definition), mode, keepsOwner },
      })),
  );
  return { VOLUME_FILES: JSON.stringify(files), VOLUME_OWNERS: JSON.stringify(owners) };
}

function secretInput(definition: Definition, user: string, secret: SecretDescription): SecretInput {
  const { name, readers, variable, givenAs, consequence, isEnvFile = false } = secret;
  const application = String(APPLICATION_USER);
  const [uid = "", gid = ""] = user.split(":");
  const owner = readers === "processes" ? application : uid;
  const group = readers === "owner" ? gid : application;
  const kept = definition.keepsSecrets === true;
  return {
    name,
    owner: `${owner}:${group}`,
    mode: readers === "all" && owner !== application ? "0440" : "0400",
    givenAs: givenAs ?? (variable === undefined ? [] : [variable]),
    theirName: variable === undefined ? "" : `${variable}_VARIABLE`,
    kept,
    lasting: kept || consequence !== undefined,
    isEnvFile,
  };
}
