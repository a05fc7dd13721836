import { execFileSync } from "node:child_process";
import { wrongClock } from "../support/wrong-clock";

it.each([86_400, -86_400, 0])("a program's clock is wrong by %d s, and its dates are dates", (seconds) => {
  const program =
    'process.stdout.write(`${new Date().getTime()} ${Date.now()} ${new Date("2026-01-02").getTime()}`)';
  const env = { PATH: process.env["PATH"], ...wrongClock(seconds) };
  const said = execFileSync(process.execPath, ["-e", program], { encoding: "utf8", env })
    .split(" ")
    .map(Number);
  const [made = 0, now = 0, given] = said;
  for (const moment of [made, now])
    expect(Math.abs(moment - Date.now() - seconds * 1000)).toBeLessThan(60_000);
  expect(given).toBe(Date.UTC(2026, 0, 2));
});
