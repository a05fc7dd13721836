import { parse } from "yaml";
import { CHECKOUT } from "../../pipeline/workflow/actions";
import { FAULTS } from "../../rehearsal/faults/faults";
import { RELEASE_STEPS } from "../../rehearsal/faults/kill";
import { RATE } from "../../rehearsal/visitors";
import { blocksOf, codeIn, rowsOf, saidIn, sectionOf } from "../support/pages";

const PAGE = "docs/rehearsal.md";

/** The faults that a row of the table is about. */
function faultsOfRow(name: string): string[] {
  return name === "kill-STEP" ? RELEASE_STEPS.map((step) => `kill-${step}`) : [name];
}

const rows = rowsOf(sectionOf(PAGE, "Faults"));

it("the table of faults has each of them, and says whether visitors may notice it", () => {
  const told = rows.flatMap(([name = "", , noticed = ""]) =>
    faultsOfRow(codeIn(name)[0] ?? "").map((fault) => [fault, noticed !== "no"] as const),
  );
  const known = Object.entries(FAULTS).map(([name, { noticed }]) => [name, noticed] as const);
  expect(new Map(told)).toEqual(new Map(known));
});

it("the row of kills names the first step and the last one", () => {
  const [, what = ""] = rows.find(([name]) => name === "`kill-STEP`") ?? [];
  expect(codeIn(what).slice(-2)).toEqual([RELEASE_STEPS[0], RELEASE_STEPS.at(-1)]);
});

it("as many visitors come in a second as the page says", () => {
  const [rate] = saidIn(PAGE, /with (\d+) requests a second of visitors/);
  expect(Number(rate)).toBe(RATE);
});

it("the workflow of the page checks out as the pipeline's own does", () => {
  const [example = ""] = blocksOf(PAGE, "yaml");
  const { rehearse } = parse(example) as { rehearse: { steps: { uses?: string; run?: string }[] } };
  expect(rehearse.steps.flatMap(({ uses }) => uses ?? [])).toEqual([`${CHECKOUT.action}@${CHECKOUT.commit}`]);
  expect(example).toContain(`# ${CHECKOUT.version}\n`);
});
