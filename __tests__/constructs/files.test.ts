import { createHash } from "node:crypto";
import { Files } from "../../constructs/files";
import { folderWith } from "../support/synthesis";

describe("Files", () => {
  const root = folderWith({ "assets/nginx/a.conf": "events {}\n" });
  const files = new Files({ root, outdir: `${root}/cdktf.out` });

  it("gives every path as Terraform sees it from the stack's folder", () => {
    expect(files.states).toBe("../../../.deployment/state");
    expect(files.buildContext).toBe("../../application/context");
    expect(files.fromStack(`${root}/examples/project`)).toBe("../../../examples/project");
  });

  it("gives an asset's copy and the hash of its bytes", () =>
    expect(files.asset("nginx/a.conf")).toEqual({
      path: "../../application/assets/nginx/a.conf",
      hash: createHash("sha256").update("events {}\n").digest("hex"),
    }));

  it("fails for an asset that does not exist", () =>
    expect(() => files.asset("nginx/b.conf")).toThrow("ENOENT"));
});
