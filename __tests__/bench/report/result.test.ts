import { type Result, compare, failuresOf, isReached } from "../../../bench/report/result";
import { markdownTable, textTable } from "../../../bench/report/table";

const result: Result = { group: "Synth", what: "time", unit: "s", ours: 0.2, theirs: 0.1, ratio: 2 };

describe("compare", () => {
  const head = { group: "Synth", what: "time", unit: "s" } as const;

  it("takes the median of each side and of the rounds' quotients", () =>
    expect(compare(head, [2, 4, 90], [1, 2, 3])).toEqual({ ...head, ours: 4, theirs: 2, ratio: 2 }));

  it("says how many times faster we are when asked so", () =>
    expect(compare(head, [1, 1, 1], [10, 12, 11], "theirs / ours").ratio).toBe(11));
});

describe("isReached", () => {
  it.each([
    [{ of: "ratio", atMost: 2 }, true],
    [{ of: "ratio", atMost: 1.9 }, false],
    [{ of: "ratio", atLeast: 2 }, true],
    [{ of: "ratio", atLeast: 2.1 }, false],
    [{ of: "ours", atMost: 0.2 }, true],
    [{ of: "ours", atMost: 0.1 }, false],
  ] as const)("of %j is %s", (aim, expected) => expect(isReached({ ...result, aim })).toBe(expected));

  it("says nothing of a result without an aim", () => expect(isReached(result)).toBeUndefined());

  it("is no for a ratio that was not measured", () =>
    expect(isReached({ ...result, ratio: undefined, aim: { of: "ratio", atMost: 9 } })).toBe(false));
});

it("fails for aims that are required, and for no others", () => {
  const missed = { of: "ratio", atMost: 1 } as const;
  const required = { ...result, aim: { ...missed, required: true } };
  const all = [
    result,
    { ...result, aim: missed },
    required,
    { ...result, aim: { ...required.aim, atMost: 3 } },
  ];
  expect(failuresOf(all)).toEqual([required]);
});

describe("the table", () => {
  const results: Result[] = [
    { ...result, aim: { of: "ratio", atMost: 2 } },
    {
      group: "Web",
      what: "rate",
      unit: "requests/s",
      ours: 1234.56,
      theirs: 567.8,
      ratio: 2.1743,
      aim: { of: "ratio", atLeast: 3 },
      failed: { ours: 0, theirs: 4 },
    },
  ];

  it("is Markdown with a table a group", () =>
    expect(markdownTable(results)).toBe(
      [
        "## Synth",
        "",
        "|  | ours | theirs | ratio | aim | reached |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        "| time | 0.2 s | 0.1 s | 2 × | ≤ 2 × | yes |",
        "",
        "## Web",
        "",
        "|  | ours | theirs | ratio | aim | reached |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        "| rate | 1235 requests/s | 568 requests/s (4 requests failed) | 2.17 × | ≥ 3 × | no |",
      ].join("\n"),
    ));

  it("is text in columns", () => {
    const lines = textTable(results).split("\n");
    expect(lines[0]).toBe("Synth");
    expect(lines[2]).toMatch(/^time\s+0\.2 s\s+0\.1 s\s+2 ×\s+≤ 2 ×\s+yes$/);
  });
});
