import type { Problem } from "../../config/errors";

/** What is wrong with the pipeline's files, or with a rehearsal of it. */
export const pipelineProblems = {
  noPrograms: (name: string, log: readonly string[]): Problem => ({
    place: name,
    value: "not to be had",
    expected: `what tools/python/${name}.txt lists, from PyPI`,
    fix: `mend what it says, then type tools/python-programs ${name}`,
    log,
  }),

  unknownFault: (name: string, known: readonly string[]): Problem => ({
    place: "FAULT",
    value: `"${name}", which the rehearsal doesn't know`,
    expected: `one of ${known.join(", ")}`,
    fix: `type for example make rehearse FAULT=${known[0] ?? ""}`,
  }),

  foreignPipelineFile: (path: string): Problem => ({
    place: path,
    value: "there already, and not made by this program",
    expected: "a place that is free; nothing was written",
    fix: path.endsWith("/")
      ? "give that folder another name: the pipeline keeps what a release needs under this one"
      : "remove it, or give it another name in the same folder: the pipeline's workflow has this one",
  }),

  pipelineDrift: (differences: readonly string[]): Problem => ({
    place: "the repository",
    value: `behind deployment.ts: ${differences.length} of the pipeline's files differ`,
    expected: "the files that synth makes",
    fix: "make pipeline-files, then commit them",
    log: differences,
  }),
} as const;
