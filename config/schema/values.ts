import * as z from "zod";

/** Values that several sections share. Each message completes the sentence "expected: …". */

/** Dotted name of a Python module. */
export const moduleName = z
  .string()
  .regex(
    /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/,
    "the dotted name of a Python module, for example mysite.settings",
  );

/** Path inside the project: relative, and not above it. */
export const relativePath = z
  .string()
  .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0]+$/, "a path inside the project, relative to project.folder");

/** Absolute path of a URL. */
export const urlPath = z
  .string()
  .regex(/^\/[A-Za-z0-9._~/-]*$/, "a URL's path that starts with /, for example /static/");

/** Host name, address, or a leading dot for all subdomains. */
export const hostName = z
  .string()
  .regex(
    /^\.?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
    "a host name or address without port, for example example.org",
  );

/** Name of an environment variable. */
export const environmentName = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, "the name of an environment variable: letters, digits and _");

/** Name of a database or of its user; MariaDB's identifiers without the quoting. */
export const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "letters, digits and _, at most 64, not starting with a digit");

/** TCP port, above 0. */
export const port = z.int().min(1).max(65535);

/** Seconds, whole. */
export const seconds = (min: number, max: number): z.ZodInt => z.int().min(min).max(max);

/** MiB of memory. */
export const mebibytes = (min: number): z.ZodInt => z.int().min(min).max(1_048_576);
