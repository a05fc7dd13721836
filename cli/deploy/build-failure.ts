import { buildReasons } from "../problems/build";

/**
 * Why the application's image could not be built. Pure.
 *
 * @param said what the failed step said, a line each
 * @param python version of Python in the image: `3.13`
 */
export function buildFailure(said: readonly string[], python: string): string {
  const text = said.join("\n");
  const [, wanted, versions] =
    /Could not find a version that satisfies the requirement (.+?) \(from versions: ([^)]*)\)/.exec(text) ??
    [];
  if (wanted !== undefined) {
    // Of a package whose versions are all for another Python pip names none, and says so a line before.
    const exists = versions !== "none" || /Ignored the following versions|Requires-Python/.test(text);
    return exists
      ? buildReasons.noFittingVersion(requirementIn(wanted), python)
      : buildReasons.unknownPackage(requirementIn(wanted));
  }
  const [, header] = /fatal error: (\S+\.h(?:pp)?): No such file or directory/.exec(text) ?? [];
  if (header !== undefined) return buildReasons.missingHeader(header);
  const [, program] =
    /(?:command|executable) '?([\w+./-]+)'? (?:failed: No such file or directory|not found)/.exec(text) ??
    /FileNotFoundError: .*No such file or directory: '([\w+-]+)'/.exec(text) ??
    [];
  return program === undefined ? buildReasons.other() : buildReasons.missingProgram(program);
}

/** `nosuch==1.0` of `nosuch==1.0 (from -r requirements.txt (line 2))`. */
function requirementIn(wanted: string): string {
  return wanted.replace(/ \(from .*$/, "");
}
