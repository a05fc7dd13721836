import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/guestbook";
import { codeIn, rowsOf, saidIn, sectionOf } from "../support/pages";
import { repetitions } from "../support/repetitions";

const PAGE = "CONTRIBUTING.md";

it("the table of test files has each kind that jest runs", () => {
  const rows = rowsOf(sectionOf(PAGE, "Where a test belongs")).map(([name = ""]) => codeIn(name)[0] ?? "");
  const kinds = readFileSync(join(ROOT, "jest.config.js"), "utf8").match(/\*\.[a-z0-9.]*test\.ts(?=")/g);
  expect(new Set(rows)).toEqual(new Set(kinds));
});

it("make check generates as many cases as the page says", () => {
  saidIn(PAGE, /Generated cases are a twentieth of those in `make test`/);
  const before = process.env["QUICK"];
  try {
    process.env["QUICK"] = "1";
    expect(repetitions(100)).toBe(5);
    process.env["QUICK"] = "";
    expect(repetitions(100)).toBe(100);
  } finally {
    if (before === undefined) delete process.env["QUICK"];
    else process.env["QUICK"] = before;
  }
});
