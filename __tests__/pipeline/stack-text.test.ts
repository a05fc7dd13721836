import { createHash } from "node:crypto";
import { applicationOf } from "../../application/model";
import { onHost } from "../../application/on-host";
import { stackText } from "../../pipeline/stack-text";
import { guestbook, guestbookOnHost } from "../support/guestbook";

/** Of the file that releases bring to hosts since MariaDB ends idle transactions and has room for all its connections, for this same deployment. */
const BEFORE = "b0d4c005aa0bb509acfbeb01ae7cb211a1b5c5a3c9b99c45e8a69d64ea4e7d58";

it("the database's file is byte for byte the one that hosts have: another text would exchange each host's database", () => {
  const { host } = guestbookOnHost("/srv");
  if (!host) throw new Error("the fixture has a host");
  const text = stackText(applicationOf(onHost(guestbook, host)), { only: ["database"] });
  expect(createHash("sha256").update(text).digest("hex")).toBe(BEFORE);
});
