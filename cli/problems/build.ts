/** Third part of the catalogue: why an image could not be built, after "stopped at image web-image: ". */
export const buildReasons = {
  unknownPackage: (requirement: string): string =>
    `pip finds no package of the name ${requirement}; correct the name in the requirements`,

  noFittingVersion: (requirement: string, python: string): string =>
    `pip finds no version of ${requirement} that fits Python ${python}; correct its version in the requirements, or write another project.python`,

  missingHeader: (header: string): string =>
    `a package is compiled, and needs the header ${header}; write the Debian package that has it into project.buildPackages`,

  missingProgram: (program: string): string =>
    `a package is compiled, and needs the program ${program}; write the Debian package that has it into project.buildPackages`,

  other: (): string =>
    "a step of its Dockerfile failed (a pin that this Python is too new for: write project.python; a program or header that is missing: project.buildPackages)",
} as const;
