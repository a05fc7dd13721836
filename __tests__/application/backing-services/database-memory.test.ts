import * as fc from "fast-check";
import { databaseMemory, workingConnections } from "../../../application/backing-services/database-memory";
import { guestbook } from "../../support/guestbook";

it.each([
  ["1 GiB", 256, 8, { pool: 64, temporaryTable: 2, temporaryPages: 16 }],
  ["2 GiB", 464, 24, { pool: 176, temporaryTable: 1, temporaryPages: 29 }],
  ["a host of 2 GiB", 464, 40, { pool: 144, temporaryTable: 1, temporaryPages: 29 }],
  ["4 GiB", 960, 40, { pool: 560, temporaryTable: 2, temporaryPages: 60 }],
  ["8 GiB", 2096, 40, { pool: 1280, temporaryTable: 11, temporaryPages: 128 }],
])("of %s: %d MiB and %d connections", (_machine, memory, connections, rooms) => {
  expect(databaseMemory(memory, connections, 20)).toEqual(rooms);
});

it("leaves room for all connections at once, wherever a pool of 64 MiB leaves any", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 256, max: 65_536 }),
      fc.integer({ min: 2, max: 512 }),
      (memory, connections) => {
        const { pool, temporaryTable, temporaryPages } = databaseMemory(memory, connections, 20);
        expect(pool).toBeGreaterThanOrEqual(64);
        expect(temporaryTable).toBeGreaterThanOrEqual(1);
        // 80 that MariaDB takes in any case, a redo buffer of 8, and 4 of each connection.
        const taken = 88 + pool + temporaryPages + connections * (temporaryTable + 4);
        if (pool > 64) expect(taken).toBeLessThanOrEqual(memory);
      },
    ),
  );
});

it("has room for two statements of the largest body, and for a pool beside them", () => {
  expect(databaseMemory(960, 8, 20).pool).toBe(640);
  expect(databaseMemory(960, 8, 50).pool).toBe(400);
  expect(databaseMemory(960, 8, 10_240).pool).toBe(400);
});

it("counts the threads of two releases", () => expect(workingConnections(guestbook)).toBe(24));
