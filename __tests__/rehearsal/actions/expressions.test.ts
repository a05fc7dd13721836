import { type Scope, holds, interpolate } from "../../../rehearsal/actions/expressions";

const scope: Scope = {
  status: "success",
  contexts: {
    secrets: { KEY: "line\n$x `y`", HOST: "127.1.2.3" },
    vars: { AWS_REGION: "eu-central-1" },
    github: { ref: "refs/heads/main", run_id: "1001" },
  },
};

describe("expressions in a text", () => {
  it.each([
    ["${{ secrets.KEY }}", "line\n$x `y`"],
    ["a ${{vars.AWS_REGION}} b ${{ secrets.HOST }}", "a eu-central-1 b 127.1.2.3"],
    ["${{ secrets.MISSING }}", ""],
    ["${{ format('{0}-{1}', github.run_id, 'x') }}", "1001-x"],
    ["no expression: ${GITHUB_SHA::7} $(( 1 + 1 ))", "no expression: ${GITHUB_SHA::7} $(( 1 + 1 ))"],
  ])("%j is %j", (text, expected) => {
    expect(interpolate(text, scope)).toBe(expected);
  });

  it.each(["${{ nonsense.KEY }}", "${{ secrets. }}", "${{ unknown() }}"])(
    "%s is refused, as GitHub would",
    (text) => {
      expect(() => interpolate(text, scope)).toThrow(/the workflow's expression ".*" can't be evaluated/);
    },
  );
});

describe("conditions", () => {
  it.each([
    [undefined, true, false, false],
    ["always()", true, true, true],
    ["failure()", false, true, false],
    ["cancelled()", false, false, true],
    ["${{ !cancelled() }}", true, true, false],
    ["success() || failure()", true, true, false],
    ["github.ref == 'refs/heads/main'", true, false, false],
    ["github.ref == 'refs/heads/other'", false, false, false],
    ["always() && github.ref == 'refs/heads/main'", true, true, true],
    ["secrets.MISSING", false, false, false],
    ["vars.AWS_REGION", true, false, false],
  ])("%s: after success %s, after failure %s, when cancelled %s", (condition, ...expected) => {
    const found = (["success", "failure", "cancelled"] as const).map((status) =>
      holds(condition, { ...scope, status }),
    );
    expect(found).toEqual(expected);
  });
});
