import * as fc from "fast-check";
import { memoryShares } from "../../application/registry/queries";
import { INSTANCE_TYPES, instanceType, largerTypes } from "../../config/instance-types";
import { memoryBudget, uploadBuffers } from "../../config/memory-budget";

const SHARES = memoryShares();
const UPLOADS = uploadBuffers(20);

const machineOf = (name: string): { name: string; memory: number; processors: number } => {
  const type = instanceType(name);
  if (!type) throw new Error(`${name} is unknown`);
  return type;
};

it.each([
  ["t4g.micro", { workers: 1, shares: { web: 128, database: 256, nginx: 64 }, system: 448, swap: 1024 }],
  ["t4g.small", { workers: 5, shares: { web: 480, database: 464, nginx: 128 }, system: 496, swap: 2048 }],
  ["t4g.medium", { workers: 5, shares: { web: 1056, database: 960, nginx: 128 }, system: 656, swap: 0 }],
  ["m7g.large", { workers: 5, shares: { web: 2400, database: 2096, nginx: 128 }, system: 928, swap: 0 }],
])("of a %s it is %j", (name, budget) => {
  expect(memoryBudget(machineOf(name), { shares: {}, uploads: UPLOADS }, SHARES)).toEqual(budget);
});

it("does not fit half a GiB, and fits every larger machine of AWS", () => {
  expect(memoryBudget(machineOf("t4g.nano"), { shares: {}, uploads: UPLOADS }, SHARES)).toBeUndefined();
  const tooSmall = INSTANCE_TYPES.filter(
    (name) => !memoryBudget(machineOf(name), { shares: {}, uploads: UPLOADS }, SHARES),
  );
  expect(tooSmall.filter((name) => machineOf(name).memory >= 1024)).toEqual([]);
});

it("fits into the machine, whatever the user has fixed", () => {
  const share = fc.option(fc.integer({ min: 64, max: 4096 }), { nil: undefined });
  fc.assert(
    fc.property(
      fc.record({
        memory: fc.integer({ min: 256, max: 65_536 }),
        processors: fc.integer({ min: 1, max: 96 }),
      }),
      fc.record({
        shares: fc.record({ web: share, database: share, nginx: share }),
        uploads: fc.integer({ min: 64, max: 4096 }),
      }),
      (machine, wishes) => {
        const budget = memoryBudget(machine, wishes, SHARES);
        if (!budget) return;
        const { web = 0, database = 0, nginx = 0 } = budget.shares;
        const containers = 2 * web + database + nginx;
        const uploads = Math.max(0, 2 * wishes.uploads + 80 - budget.swap);
        expect(containers + budget.system + uploads).toBe(machine.memory);
        expect(budget.system).toBeGreaterThanOrEqual(352);
        expect(web).toBe(wishes.shares.web ?? web);
        expect(database).toBe(wishes.shares.database ?? database);
        expect(budget.workers).toBeLessThanOrEqual(2 * machine.processors + 1);
      },
    ),
  );
});

it("is shared with whatever else asks for memory, for as often as it runs at once", () => {
  const of = (): number => 48;
  const asked = [
    ...SHARES,
    { name: "cache", copies: 1, least: 64, of },
    { name: "worker", copies: 2, least: 32, of },
  ];
  const wishes = { shares: {}, uploads: UPLOADS };
  const before = memoryBudget(machineOf("t4g.medium"), wishes, SHARES);
  const after = memoryBudget(machineOf("t4g.medium"), wishes, asked);
  // 64 for the cache, which is its least, and twice 48 for the worker: two web containers have 160 less.
  expect(after?.shares).toEqual({ ...before?.shares, web: 1056 - 80, cache: 64, worker: 48 });
});

it("has one share that takes what the others leave", () => {
  const asked = (names: readonly string[]): unknown =>
    memoryBudget(
      machineOf("t4g.small"),
      { shares: {}, uploads: UPLOADS },
      names.map((name) => ({ name, copies: 1, least: 64 })),
    );
  expect(() => asked(["web", "worker"])).toThrow("there are 2: web, worker");
  expect(() => asked([])).toThrow("there are 0");
});

it("takes the workers that the user wants", () => {
  expect(
    memoryBudget(machineOf("t4g.small"), { shares: {}, uploads: UPLOADS, workers: 9 }, SHARES),
  ).toMatchObject({
    workers: 9,
  });
});

it("leaves room for large uploads where no swap takes them", () => {
  const budget = memoryBudget(machineOf("t4g.medium"), { shares: {}, uploads: 400 }, SHARES);
  expect(budget?.shares["database"]).toBe(768);
});

it("names the larger types of the same family, smallest first", () => {
  expect(largerTypes({ ...machineOf("t4g.small"), architecture: "arm64" }).map(({ name }) => name)).toEqual([
    "t4g.medium",
    "t4g.large",
    "t4g.xlarge",
    "t4g.2xlarge",
  ]);
});
