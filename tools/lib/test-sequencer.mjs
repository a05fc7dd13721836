// The order of end-to-end tests for two workers, so that both end at about the same time. Those that promise that no request
// is lost have beside them what writes little: whoever makes machines and their images has the disk for seconds.
import { basename } from "node:path";
import Sequencer from "@jest/test-sequencer";

const FIRST = [
  "host-faults",
  "first-boot-failures",
  "first-boot",
  "interrupted",
  "host-processes",
  "identity",
  "guard",
  "processes",
  "up",
  "engine",
  "passwords",
  "prune",
  "rehearsal",
];

export default class TestSequencer extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = FIRST.indexOf(basename(path, ".e2e.test.ts"));
      return index < 0 ? FIRST.length : index;
    };
    return [...tests].sort((a, b) => rank(a) - rank(b));
  }
}
