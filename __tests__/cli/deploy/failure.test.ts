import { lockHolder, stepOf } from "../../../cli/deploy/failure";

describe("the step that failed", () => {
  it.each([
    ["docker_container.nginx_check", "nginx-check"],
    ["docker_container.web", "web"],
    ["docker_image.web_image", "image web-image"],
    ["docker_volume.dbdata", "volume dbdata"],
    ["module.x.docker_container.web", undefined],
    [undefined, undefined],
  ])("at %s is %s to its reader", (address, step) => expect(stepOf(address)).toBe(step));
});

describe("a state that is in use", () => {
  const DETAIL = `Error message: resource temporarily unavailable
Lock Info:
  ID:        0c0b21ff
  Path:      ../../../.deployment/state/local.tfstate
  Operation: OperationTypeApply
  Who:       ann@laptop
  Version:   1.11.4`;

  it("is said to be so by whom", () => expect(lockHolder(DETAIL)).toBe(" (Apply by ann@laptop)"));

  it("may not say by whom", () => expect(lockHolder("Error message: no such host")).toBe(""));
});
