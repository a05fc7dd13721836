import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { EnvFile } from "../deployment";
import { type Problem, problems } from "../errors";
import type { DeploymentSettings } from "../schema";
import { envNamesOf } from "./env-names";

/** What is known of the user's `.env`: where it is, which names it sets, never a value. */
export interface EnvFileFacts {
  /** Undefined when there is none, or none that can be read. */
  readonly file?: EnvFile;
  readonly names: readonly string[];
  /** How the user knows it, relative to the project. */
  readonly called: string;
  readonly problems: readonly Problem[];
}

const DEFAULT = ".env";

/** Reads the names and the hash of the project's `.env`; only an explicit one has to exist. */
export function envFileOf({ envFile }: DeploymentSettings["project"], folder: string): EnvFileFacts {
  const called = envFile ?? DEFAULT;
  const path = resolve(folder, called);
  const chosen = envFile !== undefined;
  if (!chosen && !existsSync(path)) return { names: [], called, problems: [] };
  try {
    const kind = statSync(path);
    // Many call their virtualenv so.
    if (!chosen && kind.isDirectory()) return { names: [], called, problems: [] };
    // A pipe would never end.
    if (!kind.isFile()) return unreadable(called, "it is no file", chosen);
    const bytes = readFileSync(path);
    const hash = createHash("sha256").update(bytes).digest("hex");
    const { names, error } = envNamesOf(bytes);
    return {
      file: { path, hash },
      names,
      called,
      problems: error ? [problems.malformedEnvFile(called, error.line, error.reason)] : [],
    };
  } catch (error) {
    return unreadable(called, (error as NodeJS.ErrnoException).code ?? String(error), chosen);
  }
}

function unreadable(called: string, reason: string, chosen: boolean): EnvFileFacts {
  return { names: [], called, problems: [problems.unreadableEnvFile(called, reason, chosen)] };
}
