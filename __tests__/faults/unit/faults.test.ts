import { FAULTS } from "../faults";
import { powerCuts } from "../faults/power-cuts";

/** By which a result is found again, and a fault is asked for. */
const names = [...FAULTS, ...powerCuts()].map(({ number, title }) => `${number} ${title}`);

it("no two faults have one name: the result of one would replace the other's", () => {
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
