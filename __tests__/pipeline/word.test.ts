import * as fc from "fast-check";
import { type Word, value, word } from "../../pipeline/word";

/** Anything but the mark of values. */
const text = fc.string({ unit: "binary" }).map((one) => one.replaceAll("\u0001", ""));

/** What a host makes of a word. */
function read(one: Word, values: Readonly<Record<string, string>>): string {
  if (typeof one === "string") return one;
  return one.map((part) => (typeof part === "string" ? part : (values[part.value] ?? ""))).join("");
}

it("a text without a value stays a text, and a value is a part of its own", () => {
  expect(word("--label=a.b=c $HOME")).toBe("--label=a.b=c $HOME");
  expect(word("")).toBe("");
  expect(word(value("folder"))).toEqual([{ value: "folder" }]);
  expect(word(`--mount=src=${value("folder")}/deploy,dst=/a b`)).toEqual([
    "--mount=src=",
    { value: "folder" },
    "/deploy,dst=/a b",
  ]);
});

it("the host reads every text as it was, whatever is in it and in the value, by JSON", () => {
  fc.assert(
    fc.property(text, text, text, (before, inside, after) => {
      const sent = JSON.parse(JSON.stringify(word(`${before}${value("one")}${after}`))) as Word;
      expect(read(sent, { one: inside })).toBe(`${before}${inside}${after}`);
    }),
  );
});
