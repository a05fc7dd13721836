import { formatTable } from "../../cli/session/table";
import { type Result, isReached } from "./result";

const HEAD = ["", "ours", "theirs", "ratio", "aim", "reached"];

/** The results for a terminal. */
export function textTable(results: readonly Result[]): string {
  return groupsOf(results)
    .map(([group, members]) => `${group}\n${formatTable([HEAD, ...members.map(cellsOf)])}`)
    .join("\n\n");
}

/** The results as Markdown. */
export function markdownTable(results: readonly Result[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return groupsOf(results)
    .map(([group, members]) =>
      [
        `## ${group}`,
        "",
        row(HEAD),
        row(HEAD.map((_, column) => (column === 0 ? "---" : "---:"))),
        ...members.map((member) => row(cellsOf(member))),
      ].join("\n"),
    )
    .join("\n\n");
}

function groupsOf(results: readonly Result[]): [string, Result[]][] {
  const groups = new Map<string, Result[]>();
  for (const result of results) groups.set(result.group, [...(groups.get(result.group) ?? []), result]);
  return [...groups];
}

function cellsOf(result: Result): string[] {
  const { what, unit, ours, theirs, ratio, aim, failed } = result;
  const value = (amount: number | undefined, failures = 0): string =>
    amount === undefined
      ? ""
      : `${figures(amount)} ${unit}${failures > 0 ? ` (${failures} requests failed)` : ""}`;
  const reached = isReached(result);
  return [
    what,
    value(ours, failed?.ours),
    value(theirs, failed?.theirs),
    ratio === undefined ? "" : `${figures(ratio)} ×`,
    aim
      ? `${aim.atLeast === undefined ? "≤" : "≥"} ${aim.atLeast ?? aim.atMost ?? ""}${aim.of === "ratio" ? " ×" : ` ${unit}`}`
      : "",
    reached === undefined ? "" : reached ? "yes" : "no",
  ];
}

/** Three figures: more would be noise. */
function figures(amount: number): string {
  return amount >= 100 ? String(Math.round(amount)) : String(Number(amount.toPrecision(3)));
}
