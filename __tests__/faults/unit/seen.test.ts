import { Random } from "../support/random";
import { Seen } from "../support/seen";
import { nameOfTried } from "../support/settings";
import { reasonIn } from "../support/trial";

const BEGAN = 1_000_000;

/** A load whose requests failed at these seconds after its begin. */
function seenWith(...seconds: number[]): Seen {
  const failures = seconds.map((second) => ({
    kind: "page",
    number: 0,
    second,
    duration: 9,
    reason: "HTTP 500",
  }));
  const report = {
    ...{ began: BEGAN, requests: 100, seconds: 30, counts: {}, acknowledged: [], uploads: [], releases: [] },
    ...{ repeated: 0, milliseconds: { p50: 1, p99: 1, max: 1 }, failures },
  };
  return new Seen(report, 0, 0);
}

it("counts the seconds from a moment until the last request was sent that failed", () => {
  expect(seenWith(3, 12.5, 7).secondsUntilWell(BEGAN + 10_000)).toBeCloseTo(2.5);
});

it("counts no second when nothing failed after the moment", () => {
  expect(seenWith(3, 7).secondsUntilWell(BEGAN + 10_000)).toBe(0);
  expect(seenWith().secondsUntilWell(BEGAN)).toBe(0);
});

it("a seed repeats its moments, and another one has others", () => {
  const moments = (seed: number): number[] => {
    const random = new Random(seed);
    return Array.from({ length: 100 }, () => random.between(1000, 4000));
  };
  expect(moments(7)).toEqual(moments(7));
  expect(moments(8)).not.toEqual(moments(7));
  expect(Math.min(...moments(7))).toBeGreaterThanOrEqual(1000);
  expect(Math.max(...moments(7))).toBeLessThan(4000);
});

it("finds the reason that a command gave, or else takes its end", () => {
  expect(reasonIn("▸ building\n✗ name is taken\n  to do: another\nmake: *** Error 1\n")).toBe(
    "✗ name is taken / to do: another / make: *** Error 1",
  );
  expect(reasonIn("one\ntwo\n")).toBe("one / two");
});

it("calls the code that is tried by its commit", () => {
  expect(nameOfTried()).toMatch(/^[0-9a-f]{7}( with changes)?$/);
});
