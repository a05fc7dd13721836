import fc from "fast-check";
import { parse } from "yaml";
import { yamlOf } from "../../../application/renderings/yaml";
import { repetitions } from "../../support/repetitions";

it.each([" \n", "  \n\n", "\n", " a\n b\n", "a\n ", "0:0", "no", "1e3", "\t\n", ""])(
  "%j is read as it was written",
  (text) => expect(parse(yamlOf({ text }), { version: "1.1" })).toEqual({ text }),
);

it("any text of spaces, line breaks and signs is read as it was written", () => {
  const text = fc.string({ unit: fc.constantFrom(...Array.from(" \n\t\r:#-'\"|>&*!%@`{}[],?ab01")) });
  fc.assert(
    fc.property(text, (value) => expect(parse(yamlOf({ value }), { version: "1.1" })).toEqual({ value })),
    { numRuns: repetitions(1000) },
  );
});
