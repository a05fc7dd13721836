import { createHash } from "node:crypto";
import { applicationOf } from "../../application/model";
import { onHost } from "../../application/on-host";
import { stackText } from "../../pipeline/stack-text";
import { guestbook, guestbookOnHost } from "../support/guestbook";

/** Of the file that releases bring to hosts since MariaDB ends idle transactions, for this same deployment. */
const BEFORE = "70969367e0f297d1b3b8780c6678e6a20fbca6e77d75e734ace4d67e354d6ee5";

it("the database's file is byte for byte the one that hosts have: another text would exchange each host's database", () => {
  const { host } = guestbookOnHost("/srv");
  if (!host) throw new Error("the fixture has a host");
  const text = stackText(applicationOf(onHost(guestbook, host)), { only: ["database"] });
  expect(createHash("sha256").update(text).digest("hex")).toBe(BEFORE);
});
