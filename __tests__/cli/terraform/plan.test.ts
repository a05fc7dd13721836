import { goneDeposedOf, isEmpty, parsePlan, summarize } from "../../../cli/terraform/plan";
import { planOf, volumeChange } from "../support/plans";

describe("a plan", () => {
  it("is empty when nothing happens to any resource or output", () => {
    expect(isEmpty({ format_version: "1.2" })).toBe(true);
    expect(isEmpty(planOf(volumeChange(["no-op"]), volumeChange(["read"])))).toBe(true);
    expect(isEmpty({ format_version: "1.2", output_changes: { url: { actions: ["no-op"] } } })).toBe(true);
  });

  it("is not empty when an output alone changes", () =>
    expect(isEmpty({ format_version: "1.2", output_changes: { url: { actions: ["update"] } } })).toBe(false));

  it("is told in a few words", () => {
    const plan = planOf(
      volumeChange(["create"]),
      volumeChange(["create"]),
      volumeChange(["create", "delete"]),
      volumeChange(["delete"]),
      volumeChange(["no-op"]),
    );
    expect(summarize(plan)).toBe("2 to create, 1 to replace, 1 to delete");
    expect(summarize(planOf())).toBe("no changes");
  });

  it("of an unknown format is not read as if it were known", () => {
    expect(() => parsePlan('{"format_version":"2.0"}')).toThrow("format 2.0; 1.x was expected");
    expect(() => parsePlan("null")).toThrow("format unknown");
    expect(parsePlan('{"format_version":"1.2"}')).toEqual({ format_version: "1.2" });
  });

  it("names deposed objects that are gone, which Terraform would make once more", () => {
    const plan = planOf(
      volumeChange(["no-op"], "x", { deposed: "0a1b2c3d" }),
      volumeChange(["delete"], "x", { deposed: "4e5f6a7b" }),
      volumeChange(["no-op"], "x"),
    );
    expect(goneDeposedOf(plan)).toEqual([{ address: "docker_volume.dbdata", deposed: "0a1b2c3d" }]);
  });
});
