import { lockHolder, onePerStep, stepOf, unfinishedOf } from "../../../cli/deploy/failure";
import type { Container } from "../../../cli/docker/container";
import type { Diagnostic } from "../../../cli/terraform/events";
import { container, known } from "../support/engine";

describe("the step that failed", () => {
  it.each([
    ["docker_container.nginx_check", "nginx-check"],
    ["docker_container.web", "web"],
    ["docker_container.my_worker[1]", "my-worker"],
    ["docker_image.web_image", "image web-image"],
    ["docker_volume.dbdata", "volume dbdata"],
    ["module.x.docker_container.web", undefined],
    [undefined, undefined],
  ])("at %s is %s to its reader", (address, step) => expect(stepOf(address)).toBe(step));
});

it("several containers of one process that fail are one problem; what has no step is never left out", () => {
  const diagnostic = (address?: string): Diagnostic => ({
    severity: "error",
    summary: address ?? "",
    detail: "",
    ...(address !== undefined && { address }),
  });
  const given = ["worker[1]", "worker[0]", "mailer[0]"].map((id) => diagnostic(`docker_container.${id}`));
  expect(onePerStep([...given, diagnostic(), diagnostic()])).toEqual([
    given[0],
    given[2],
    diagnostic(),
    diagnostic(),
  ]);
});

describe("of a release that has failed", () => {
  const worker = (id: string): Container =>
    container("worker", { id, labels: { "django-deployment.kind": "process" } });
  const at = (index: number): string => `docker_container.worker[${index}]`;
  const removed = (...given: Parameters<typeof unfinishedOf>): string[] =>
    unfinishedOf(...given).map(({ id }) => id);
  const web = "docker_container.web";

  it("what never became good goes, of every process, and nothing else does", () =>
    expect(
      removed(
        [container("web"), worker("worker-1"), container("nginx"), container("worker", { id: "foreign" })],
        [
          known(web, "web-1", { tainted: true }),
          known(at(0), "worker-1", { tainted: true }),
          known("docker_container.nginx", "nginx-1", { tainted: true }),
        ],
      ),
    ).toEqual(["web-1", "worker-1"]));

  it("the other new processes go too, for those of the release before run on", () =>
    expect(
      removed(
        [container("web"), worker("new"), worker("old"), worker("failed")],
        [
          known(web, "web-1"),
          known(at(0), "new"),
          known(at(0), "old", { deposed: true }),
          known(at(1), "failed", { tainted: true }),
        ],
      ),
    ).toEqual(["new", "failed"]));

  it("they go as well when it is web that failed", () =>
    expect(
      removed(
        [
          container("web", { id: "new-web" }),
          container("web", { id: "old-web" }),
          worker("new"),
          worker("old"),
        ],
        [
          known(web, "new-web", { tainted: true }),
          known(web, "old-web", { deposed: true }),
          known(at(0), "new"),
          known(at(0), "old", { deposed: true }),
        ],
      ),
    ).toEqual(["new-web", "new"]));

  it("they stay when nothing of the release before is there, or when the release serves", () => {
    expect(removed([worker("new")], [known(at(0), "new"), known(at(0), "gone", { deposed: true })])).toEqual(
      [],
    );
    expect(
      removed(
        [
          container("web", { id: "new-web" }),
          container("web", { id: "old-web" }),
          worker("new"),
          worker("old"),
        ],
        [
          known(web, "new-web"),
          known(web, "old-web", { deposed: true }),
          known(at(0), "new"),
          known(at(0), "old", { deposed: true }),
        ],
      ),
    ).toEqual([]);
  });
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
