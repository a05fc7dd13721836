import { alternate, samplesOf } from "../../bench/contest";

it("measures everybody once a round, every other round in the opposite order", async () => {
  const order: string[] = [];
  const contestants = ["a", "b", "c"].map((name) => ({
    name,
    measure: async () => Promise.resolve(order.push(name)),
  }));
  const samples = await alternate(contestants, 3);
  expect(order.join("")).toBe("abccbaabc");
  expect(samplesOf(samples, "a")).toEqual([1, 6, 7]);
  expect(samplesOf(samples, "c")).toEqual([3, 4, 9]);
});

it("has no samples of somebody who did not take part", () =>
  expect(() => samplesOf(new Map(), "nobody")).toThrow('no contestant "nobody"'));
