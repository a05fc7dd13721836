import { type RehearsalReport, closing, stepLine } from "../../rehearsal/report";
import { type Seen, seenLine, spared } from "../../rehearsal/visitors";

const seen: Seen = { sent: 120, failed: 0, seconds: 0, reasons: {} };
const report: RehearsalReport = {
  ok: true,
  steps: [],
  faults: [],
  real: ["git", "rsync"],
  fakes: ["AWS: moto"],
  seconds: 401.6,
};

test("a step is one line with its seconds and what came of it", () => {
  expect(stepLine({ title: "Upload", seconds: 1.04, ok: true })).toBe("✓ Upload (1.0 s)");
  expect(stepLine({ title: "Upload", seconds: 61, ok: false, result: "no route" })).toBe(
    "✗ Upload (61.0 s): no route",
  );
});

test("what visitors saw is a count, and why requests failed", () => {
  expect(seenLine(seen)).toBe("120 requests, 0 failed");
  const reasons = { "HTTP 502": 3, "connect ECONNREFUSED": 2, "the answer was cut off": 1, "HTTP 503": 1 };
  expect(seenLine({ sent: 100, failed: 7, seconds: 12.34, reasons })).toBe(
    "100 requests, 7 failed within 12.3 s (3 × HTTP 502, 2 × connect ECONNREFUSED, 1 × the answer was cut off, …)",
  );
  expect(spared(seen)).toBe(seen);
  expect(() => spared({ ...seen, failed: 1 })).toThrow(
    "visitors should have seen nothing: 120 requests, 1 failed",
  );
});

test("the end says what was real and what was played; its last line is the verdict", () => {
  expect(closing(report).split("\n")).toEqual([
    "",
    "Real:      git; rsync",
    "Fakes: AWS: moto",
    "",
    "the rehearsal succeeded, after 402 s",
  ]);
});

test("a fault is told by what was injected, what users saw and how it healed", () => {
  const fault = { name: "reboot", injected: "the power", seen, healed: "by itself" };
  expect(
    closing({ ...report, faults: [fault] })
      .split("\n")
      .slice(1, 5),
  ).toEqual([
    "Fault reboot",
    "  injected:    the power",
    "  users saw:   120 requests, 0 failed",
    "  it healed:   by itself",
  ]);
});

test("a failure says where, why and what to do", () => {
  const failure = { at: "First push", reason: "the run ended\n| its last line", fix: "mend it" };
  expect(
    closing({ ...report, ok: false, failure })
      .split("\n")
      .slice(-6),
  ).toEqual([
    "",
    "  the run ended",
    "  | its last line",
    "  to do: mend it",
    "",
    'the rehearsal failed at "First push"',
  ]);
});
