import { createHash } from "node:crypto";
import { applicationOf } from "../../application/model";
import { onHost } from "../../application/on-host";
import { stackText } from "../../pipeline/stack-text";
import { guestbook, guestbookOnHost } from "../support/guestbook";

/** Of the file that releases of before have brought to hosts, for this same deployment. */
const BEFORE = "f6128c26c103d0e47ca5d3eb65083e3ca5031e6d3a951aa25a6bfe216a8e318c";

it("the database's file is byte for byte the one that hosts have: another text would exchange each host's database", () => {
  const { host } = guestbookOnHost("/srv");
  if (!host) throw new Error("the fixture has a host");
  const text = stackText(applicationOf(onHost(guestbook, host)), { only: ["database"] });
  expect(createHash("sha256").update(text).digest("hex")).toBe(BEFORE);
});
