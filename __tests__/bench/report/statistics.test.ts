import { median, medianRatio } from "../../../bench/report/statistics";

describe("median", () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
    [[100, 20, 3], 20],
  ])("of %j is %d", (values, expected) => expect(median(values)).toBe(expected));

  it("leaves the values in their order", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it("of nothing is an error", () => expect(() => median([])).toThrow("no values"));
});

describe("medianRatio", () => {
  it("compares round by round: a disturbance of both sides of a round cancels out", () =>
    expect(medianRatio([2, 20, 200], [1, 10, 100])).toBe(2));

  it("is not moved by one round in which one side was disturbed", () =>
    expect(medianRatio([2, 2, 90], [1, 1, 1])).toBe(2));

  it("refuses sides with different numbers of rounds", () =>
    expect(() => medianRatio([1, 2], [1])).toThrow("2 values can't be compared with 1"));
});
