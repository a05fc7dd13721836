import * as fc from "fast-check";
import { judge } from "../../../cli/visitor/judgement";
import type { Visit } from "../../../cli/visitor/visit";

const page = (status: number | undefined, more: Partial<Visit> = {}): Visit => ({
  path: "/",
  status,
  ...more,
});

describe("what visitors get", () => {
  it("is a failure when the page is an error, whatever it was before", () => {
    expect(judge([page(500)], [])).toEqual({ failures: ["/ answers 500"], changes: [] });
    expect(judge([page(500)], [page(200)]).failures).toEqual(["/ answers 500; before it answered 200"]);
    expect(judge([page(500)], [page(502)]).failures).toEqual(["/ answers 500; before it answered 502"]);
  });

  it("is a failure when nothing answers, when the host name is refused, and when it leads to https", () => {
    expect(judge([page(undefined)], [page(undefined)]).failures).toEqual([
      "/ does not answer; before it did not answer",
    ]);
    expect(judge([page(400)], []).failures[0]).toContain("ALLOWED_HOSTS");
    expect(judge([page(301, { https: "https://a.example/" })], []).failures).toEqual([
      "/ redirects to https://a.example/, and nothing answers https here",
    ]);
  });

  it("is a failure when redirects have no end", () => {
    expect(judge([page(302, { endless: true })], []).failures).toEqual([
      "/ redirects without an end, which browsers give up on",
    ]);
    expect(judge([page(404)], [page(302, { endless: true })]).changes).toEqual([]);
  });

  it("names the page that a redirect led to", () =>
    expect(judge([page(503, { end: "/login" })], []).failures).toEqual([
      "/ (which redirects to /login) answers 503",
    ]));

  it("is a change when a page that worked is closed or gone now", () => {
    expect(judge([page(404)], [page(200)])).toEqual({
      failures: [],
      changes: ["/ answers 404; before it answered 200"],
    });
    expect(judge([page(404)], [page(404)])).toEqual({ failures: [], changes: [] });
  });

  it("is told when a first release has no page there", () => {
    expect(judge([page(404)], []).changes).toEqual(["/ answers 404: the project has no page there"]);
    expect(judge([page(404, { end: "/de/" })], []).changes[0]).toContain(
      "/ (which redirects to /de/) answers 404",
    );
    // Somebody has to log in there.
    expect(judge([page(403)], [])).toEqual({ failures: [], changes: [] });
  });

  it("is never both, and nothing to speak of below 400", () => {
    const status = fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined });
    fc.assert(
      fc.property(status, fc.option(status, { nil: null }), (now, then) => {
        const { failures, changes } = judge([page(now)], then === null ? [] : [page(then)]);
        expect(failures.length + changes.length).toBeLessThan(2);
        if (now !== undefined && now < 400) expect([...failures, ...changes]).toEqual([]);
        if (now === undefined || now >= 500) expect(failures).toHaveLength(1);
      }),
    );
  });
});
