import { failedStep } from "../../cli/build-log";

const RECORD = `#0 building with "default" instance using docker driver

#5 [2/2] RUN pip install -r requirements.txt
#5 0.838 Collecting django
#5 0.839 ERROR: No matching distribution found for django==9
#5 ERROR: executor failed running [/bin/sh -c pip install]: exit code: 1
------
 > [2/2] RUN pip install -r requirements.txt:
0.838 Collecting django
0.839 ERROR: No matching distribution found for django==9
------
`;

describe("the record of a build", () => {
  it("gives what the failed step said, without its clock", () =>
    expect(failedStep(RECORD)).toEqual([
      "Collecting django",
      "ERROR: No matching distribution found for django==9",
    ]));

  it("gives the last twenty lines of a long one", () => {
    const lines = Array.from({ length: 50 }, (_, line) => `1.${line} line ${line}`);
    expect(failedStep(`------\n > [1/1] RUN x:\n${lines.join("\n")}\n------\n`)).toHaveLength(20);
  });

  it("gives nothing of a build that has not failed", () => expect(failedStep("#1 DONE 0.0s\n")).toEqual([]));
});
