import { Deadline, stopwatch } from "../../../cli/session/deadline";

const DAY = 86_400_000;

afterEach(() => jest.restoreAllMocks());

/** Puts the time of day forward or back. */
function jump(milliseconds: number): void {
  const now = Date.now.bind(Date);
  jest.spyOn(Date, "now").mockImplementation(() => now() + milliseconds);
}

it.each([DAY, -DAY])("is over after its seconds, though the clock jumps by %d ms", async (milliseconds) => {
  const [long, short, seconds] = [new Deadline(60), new Deadline(0.02), stopwatch()];
  jump(milliseconds);
  expect(long.isOver).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(long.isOver).toBe(false);
  expect(short.isOver).toBe(true);
  expect(seconds()).toBeGreaterThanOrEqual(0.03);
  expect(seconds()).toBeLessThan(30);
});
