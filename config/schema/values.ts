import { posix } from "node:path";
import * as z from "zod";
import { COMMAND } from "../grammar/command";

/** What messages and the reference say of a value. */
export interface Description {
  /** Completes the sentence "expected: …". */
  readonly expected: string;
  /** A value that would do. @default the key's own default */
  readonly example?: unknown;
}

/** Descriptions of the schemas that don't speak for themselves. */
export const descriptions = z.registry<Description>();

/** Text of a given form. */
export function text(pattern: RegExp, expected: string, example: string): z.ZodString {
  return z.string().regex(pattern).register(descriptions, { expected, example });
}

/**
 * Whole number, both ends included.
 *
 * @param example a value that would do, for a key without a fixed default
 */
export function whole(min: number, max: number, unit: string, example?: number): z.ZodInt {
  const expected = `a whole number of ${unit} from ${min} to ${max}`;
  return z.int().min(min).max(max).register(descriptions, { expected, example });
}

/** Version of a base image: the tag without its flavour. */
export function version(software: string, pattern: RegExp, example: string): z.ZodString {
  return text(pattern, `a version of ${software} in quotes`, example);
}

/** Dotted name of a Python module. Python's importlib takes a hyphen, or a digit in front, for a letter. */
export const moduleName = text(
  /^\w[\w-]*(\.\w[\w-]*)*$/,
  "the dotted name of a Python module",
  "mysite.settings",
);

/** A program and its arguments. */
export function command(example: string): z.ZodString {
  return text(
    COMMAND,
    "a program and its arguments; what a shell would act on ($ ` | & ; < > ( ) * ? [ # ~) in single quotes",
    example,
  );
}

/** What a user calls a container: after the deployment's name it is a name on the network, of 63 letters at most. */
export function containerName(example: string): z.ZodString {
  return text(
    /^(?!.{31})[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    "at most 30 lower-case letters, digits and single -, starting with a letter, not ending in -",
    example,
  );
}

/** Path of something inside the project. */
export function relativePath(example: string): z.ZodString {
  return (
    z
      .string()
      .overwrite((path) => posix.normalize(path).replace(/\/$/, ""))
      // What is left of . and .. after that leads out of the project, or is the project itself.
      .regex(/^(?!\.{0,2}(\/|$))[^\0-\x1f\x7f]+$/)
      .register(descriptions, { expected: "a path inside the project, relative to project.folder", example })
  );
}

/** Absolute path of a URL. */
export const urlPath = text(/^\/[A-Za-z0-9._~/-]*$/, "a URL's path that starts with /", "/health/");

/** Path of a URL below which files are served; not the whole site. */
export function folderUrl(example: string): z.ZodString {
  return text(
    /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+\/?$/,
    "a URL's path that starts with / and is not / itself",
    example,
  );
}

/** Host name, address, or a leading dot for all subdomains. */
export const hostName = text(
  // DNS knows no longer name (253), and nothing longer between two dots (63).
  /^(?!.{254})(?!.*[^.]{64})\.?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
  "a host name or address without port, of at most 253 characters; .example.org stands for every subdomain",
  "example.org",
);

/** Name of a Debian package. */
export const packageName = text(
  // apt-get takes a hyphen at the end for "remove it".
  /^[a-z0-9][a-z0-9+.-]*[a-z0-9+]$/,
  "the name of a Debian package",
  "libcairo2",
);

/** Name of an environment variable. */
export const environmentName = text(
  /^[A-Za-z_]\w*$/,
  "the name of an environment variable: letters, digits and _, not starting with a digit",
  "SITE_NAME",
);

/** Value of an environment variable. */
export const environmentValue = text(/^[^\0]*$/, "text without NUL", "Guestbook");

/** Name of a database or of its user; MariaDB's identifiers without the quoting. */
export function identifier(taken: readonly string[]): z.ZodString {
  return text(
    new RegExp(`^(?!(?:${taken.join("|")})$)[A-Za-z_][A-Za-z0-9_]{0,63}$`, "i"),
    `letters, digits and _, at most 64, not starting with a digit, and not MariaDB's own ${taken.join(", ")}`,
    "django",
  );
}

/** TCP port. */
export const port = z.int().min(1).max(65_535).register(descriptions, { expected: "a port from 1 to 65535" });

/** Memory, in MiB, up to 1 TiB. */
export function mebibytes(min: number, example: number): z.ZodInt {
  return whole(min, 1_048_576, "MiB", example);
}
