import * as fc from "fast-check";
import { goDuration, literal, quoted } from "../../../constructs/docker/escape";

/** How Terraform reads a string: a doubled sign before a brace is one sign; a single one begins an expression. */
function terraformReads(text: string): string {
  if (/(?<!\$)\$\{|(?<!%)%\{/.test(text)) throw new Error(`an expression: ${text}`);
  return text.replace(/([$%])\1\{/g, "$1{");
}

describe("literal", () => {
  it.each([
    ["${HOME}", "$${HOME}"],
    ["%{if}", "%%{if}"],
    ["${{ secrets.X }}", "$${{ secrets.X }}"],
    ["a $1 100% {x} $ {x}", "a $1 100% {x} $ {x}"],
    ["$%{x}${y}", "$%%{x}$${y}"],
  ])("makes %s to %s", (text, expected) => expect(literal(text)).toBe(expected));

  it("is read by Terraform as what was put in, whatever it is", () => {
    const part = fc.constantFrom("$", "%", "{", "}", "$${", "${", "%{", "a", '"', "\n", "é");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        expect(terraformReads(literal(parts.join("")))).toBe(parts.join(""));
      }),
    );
  });
});

describe("quoted", () => {
  it.each([
    ["../my site", '"../my site"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ["a\n\tb", '"a\\u000a\\u0009b"'],
    ["${x}", '"$${x}"'],
  ])("writes %j as %s", (text, expected) => expect(quoted(text)).toBe(expected));
});

describe("goDuration", () => {
  it.each([
    [0, "0s"],
    [1, "1s"],
    [59, "59s"],
    [60, "1m0s"],
    [61, "1m1s"],
    [3600, "1h0m0s"],
    [3661, "1h1m1s"],
    [90_061, "25h1m1s"],
  ])("prints %i seconds as Go does: %s", (seconds, expected) => expect(goDuration(seconds)).toBe(expected));
});
