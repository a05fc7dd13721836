import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deployWorkflow } from "../../pipeline/workflow/deploy-workflow";
import { WORKFLOW_PATH, workflowText } from "../../pipeline/workflow/workflow-file";
import { lint, lintersFolder } from "../support/repository";
import { temporaryFolder } from "../support/synthesis";
import { SHAPES } from "../support/workflows";

let linters = "";
beforeAll(() => {
  linters = lintersFolder();
}, 300_000);

/** A repository with nothing but the workflow; the file. */
function written(shape: string): string {
  const file = join(temporaryFolder(), WORKFLOW_PATH);
  mkdirSync(dirname(file), { recursive: true });
  const props = SHAPES[shape];
  if (props === undefined) throw new Error(shape);
  writeFileSync(file, workflowText(deployWorkflow(props)));
  return file;
}

describe.each(Object.keys(SHAPES))("the workflow, %s, is one that", (shape) => {
  it("actionlint and shellcheck find nothing in", () => {
    // GitHub has taken the key since May 2026, which this version of actionlint does not know.
    const known = '-ignore=unexpected key "queue" for "concurrency" section';
    expect(lint(join(linters, "actionlint"), "-shellcheck=shellcheck", known, written(shape))).toBe("");
  });

  it("zizmor finds nothing in, at its strictest", () => {
    const said = lint(join(linters, "zizmor"), "--offline", "--quiet", "--persona=pedantic", written(shape));
    expect(said.replace(/^No findings.*\n?/m, "")).toBe("");
  });
});
