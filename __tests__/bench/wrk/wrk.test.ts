import { parseWrk, wrkArguments } from "../../../bench/wrk/wrk";

const output = (p99: string, more = ""): string => `Running 1s test @ http://127.0.0.1:8080/api/release/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.06ms    7.52ms  81.30ms   99.35%
    Req/Sec     2.94k   644.25     3.49k    99%
  Latency Distribution
     50%    2.42ms
     75%    3.53ms
     90%    5.69ms
     99%   ${p99}
  2935 requests in 1.00s, 1.13MB read
${more}Requests/sec:   2927.40
Transfer/sec:      1.12MB
`;

describe("parseWrk", () => {
  it("reads the rate and the 99th percentile of the distribution", () =>
    expect(parseWrk(output("44.08ms"))).toEqual({ requestsPerSecond: 2927.4, p99: 44.08, failed: 0 }));

  it.each([
    ["850.00us", 0.85],
    ["12.00ms", 12],
    ["1.32s", 1320],
    ["2.00m", 120_000],
  ])("takes %s as %d ms", (text, milliseconds) =>
    expect(parseWrk(output(text)).p99).toBeCloseTo(milliseconds),
  );

  it("counts answers with an error's status and connections that broke", () => {
    const more = "  Socket errors: connect 1, read 20, write 0, timeout 3\n  Non-2xx or 3xx responses: 47\n";
    expect(parseWrk(output("44.08ms", more)).failed).toBe(71);
  });

  it("says what wrk said when it did not run", () =>
    expect(() => parseWrk("unable to connect to 127.0.0.1:8080 Connection refused\n")).toThrow(
      "wrk did not finish; it said: unable to connect to 127.0.0.1:8080 Connection refused",
    ));
});

describe("wrkArguments", () => {
  const run = { url: "http://127.0.0.1:8080/", connections: 32, seconds: 2 };

  it("sends a host that Django and nginx accept, and asks for the distribution", () => {
    const args = wrkArguments(run);
    expect(args).toEqual(expect.arrayContaining(["--latency", "Host: localhost", "32", "2s"]));
    expect(args.at(-1)).toBe(run.url);
  });

  it("asks for connections to be closed only where it is told to", () => {
    expect(wrkArguments(run)).not.toContain("Connection: close");
    expect(wrkArguments({ ...run, close: true })).toContain("Connection: close");
  });
});
