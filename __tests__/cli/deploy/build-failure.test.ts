import { buildFailure } from "../../../cli/deploy/build-failure";

/** What pip and compilers say, as pip 25 and gcc 14 do. */
const SAID: readonly (readonly [string, string, RegExp])[] = [
  [
    "a package that does not exist",
    "ERROR: Could not find a version that satisfies the requirement djangoo (from versions: none)\nERROR: No matching distribution found for djangoo",
    /^pip finds no package of the name djangoo; correct the name/,
  ],
  [
    "a package that does not exist, from a file",
    "ERROR: Could not find a version that satisfies the requirement nosuch==1.0 (from -r requirements.txt (line 2)) (from versions: none)",
    /^pip finds no package of the name nosuch==1\.0;/,
  ],
  [
    "a version that does not exist",
    "ERROR: Could not find a version that satisfies the requirement Django==9.9 (from versions: 4.2, 5.2.1)\nERROR: No matching distribution found for Django==9.9",
    /^pip finds no version of Django==9\.9 that fits Python 3\.13; .*project\.python/,
  ],
  [
    "a package whose versions are all for another Python",
    "ERROR: Ignored the following versions that require a different python version: 1.0 Requires-Python <3.9\nERROR: Could not find a version that satisfies the requirement old==1.0 (from versions: none)",
    /^pip finds no version of old==1\.0 that fits Python 3\.13;/,
  ],
  [
    "a header",
    "  src/x.c:3:10: fatal error: ldap.h: No such file or directory\n  compilation terminated.\n  error: command '/usr/bin/gcc' failed with exit code 1",
    /needs the header ldap\.h; .*project\.buildPackages/,
  ],
  [
    "a compiler",
    "      error: command 'gcc' failed: No such file or directory\n      [end of output]",
    /needs the program gcc; .*project\.buildPackages/,
  ],
  [
    "a program that a package's setup calls",
    "      FileNotFoundError: [Errno 2] No such file or directory: 'pg_config'",
    /needs the program pg_config;/,
  ],
  ["anything else", "E: Unable to locate package libfoo", /^a step of its Dockerfile failed/],
];

it.each(SAID)("%s is named, with what to write", (_what, said, reason) =>
  expect(buildFailure(said.split("\n"), "3.13")).toMatch(reason),
);
