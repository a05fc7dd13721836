import { pageOf } from "../../docs/generator/faults";

const result = {
  fault: 9,
  title: "MariaDB stopped",
  where: "host",
  survived: "nothing is killed",
  code: "52d60f8",
  seed: 1,
  requests: 600,
  failed: 40,
  secondsUntilWell: null,
  rowsLost: 3,
  filesLost: 1,
  hands: ["make release"],
  missed: ["nothing is killed (web | since 10:00)"],
} as const;

const after = {
  ...result,
  code: "abcdef0",
  failed: 0,
  secondsUntilWell: 1.5,
  rowsLost: 0,
  filesLost: 0,
  hands: [],
  missed: [],
};

it("sets what was measured before beside what was measured after", () => {
  const page = pageOf({ before: [result], after: [after] });
  expect(page).toContain("## 9: MariaDB stopped, on the fake host\n");
  expect(page).toContain("| before | no | 40 of 600 | never by itself | 3 | 1 | `make release` |\n");
  expect(page).toContain("| after | yes | 0 of 600 | 1.5 s | 0 | 0 | none |\n");
  expect(page).toContain("Before: `52d60f8`. After: `abcdef0`.");
  expect(page).not.toContain("What did not hold");
});

it("says what was not tried, and what did not hold, without breaking the table", () => {
  const page = pageOf({ before: [result], after: [] });
  expect(page).toContain("| after | not tried |  |  |  |  |  |\n");
  expect(page).toContain("What did not hold before:\n\n- nothing is killed (web \\| since 10:00)\n");
});

it("orders the sections by number", () => {
  const page = pageOf({ before: [{ ...result, fault: 20 }, result], after: [{ ...after, fault: 1 }] });
  expect(page.match(/^## \d+/gm)).toEqual(["## 1", "## 9", "## 20"]);
});
