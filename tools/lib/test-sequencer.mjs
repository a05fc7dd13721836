// The order of end-to-end tests for two workers: the longest first, so that both end at about the same time.
import { basename } from "node:path";
import Sequencer from "@jest/test-sequencer";

const LONGEST = [
  "rehearsal",
  "host-faults",
  "processes",
  "host-processes",
  "up",
  "first-boot-failures",
  "engine",
  "first-boot",
  "interrupted",
];

export default class TestSequencer extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = LONGEST.indexOf(basename(path, ".e2e.test.ts"));
      return index < 0 ? LONGEST.length : index;
    };
    return [...tests].sort((a, b) => rank(a) - rank(b));
  }
}
