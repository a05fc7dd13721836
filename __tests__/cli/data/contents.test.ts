import { describeTables, sizeOf } from "../../../cli/data/contents";
import { parseRecord, recordOf, sameRecord } from "../../../cli/data/record";
import { guestbook } from "../../support/guestbook";

describe("what is in a database", () => {
  const tables = {
    schemas: ["django"],
    tables: 12,
    rows: 345,
    exact: true,
    bytes: 1_572_864,
    newest: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000,
  };

  it("is said with its size and the time of the last write", () =>
    expect(describeTables(tables)).toBe(
      "django: 12 tables, 345 rows, 1.5 MiB, last written 2026-01-02 03:04 UTC",
    ));

  it("is said to be an estimate when it is one, and without a time that nobody knows", () =>
    expect(describeTables({ ...tables, exact: false, newest: 0 })).toBe(
      "django: 12 tables, about 345 rows, 1.5 MiB",
    ));

  it.each([
    [0, "0 bytes"],
    [1023, "1023 bytes"],
    [1024, "1.0 KiB"],
    [1024 ** 3, "1.0 GiB"],
    [5 * 1024 ** 5, "5120.0 TiB"],
  ])("has a size of %i bytes", (bytes, words) => expect(sizeOf(bytes)).toBe(words));
});

describe("a deployment's record", () => {
  it("is read as it was written", () => {
    const record = recordOf(guestbook, "/srv/é");
    expect(sameRecord(parseRecord(JSON.stringify(record)), record)).toBe(true);
  });

  it.each([undefined, "", "{", "null", '{"folder":"/srv"}', '{"folder":1,"computer":"a","database":{}}'])(
    "says nothing when it is none: %s",
    (text) => expect(parseRecord(text)).toBeUndefined(),
  );
});
