import { serviceOf } from "../../application/application";
import { applicationOf } from "../../application/model";
import { taskArguments } from "../../application/renderings/task-arguments";
import { releaseSettings } from "../../pipeline/release-settings";
import { complaintsAbout, resolved } from "../support/reading";

const NAME = "shop.0005_no_name";

it("nothing is accepted as long as nobody says so, and then the container is as it was", () => {
  const deployment = resolved({});
  expect(deployment.release).toEqual({ accept: {} });
  expect(serviceOf(applicationOf(deployment), "migrate").environment).not.toHaveProperty("RELEASE_ACCEPT");
});

it("reasons reach the task that migrates, on this computer and on the host, whatever they are made of", () => {
  const accept = { [NAME]: `at night, 100% "sure"; it's $HOME, ü`, "my_app.0001_a-b": "x" };
  const deployment = resolved({ release: { accept } });
  const application = applicationOf(deployment);
  const { environment } = serviceOf(application, "migrate");
  expect(JSON.parse(environment["RELEASE_ACCEPT"] ?? "")).toEqual(accept);
  expect(serviceOf(application, "web").environment).not.toHaveProperty("RELEASE_ACCEPT");
  const { tasks } = releaseSettings({ deployment, application });
  expect(tasks["migrate"]?.arguments).toContain(`--env=RELEASE_ACCEPT=${JSON.stringify(accept)}`);
  const words = taskArguments(application, serviceOf(application, "migrate"), {
    images: { base: () => "", application: "" },
    ...{ assets: "", userFiles: "", containerOf: () => "" },
  });
  expect(words).toContain(`--env=RELEASE_ACCEPT=${JSON.stringify(accept)}`);
});

it.each([
  [{ accept: { [NAME]: "" } }, `release.accept["${NAME}"] is ""`],
  [{ accept: { [NAME]: "  " } }, `release.accept["${NAME}"] is " "`],
  [{ accept: { [NAME]: "two\nlines" } }, `release.accept["${NAME}"] is "two\\nlines"`],
  [{ accept: { [NAME]: "a".repeat(301) } }, `release.accept["${NAME}"] is "${"a".repeat(76)}...`],
  [{ accept: { [NAME]: true } }, `release.accept["${NAME}"] is true`],
  [{ accept: { "0005_no_name": "x" } }, 'release.accept["0005_no_name"] is no possible name'],
  [{ accept: { "shop/0005.py": "x" } }, 'release.accept["shop/0005.py"] is no possible name'],
  [{ accept: { "shop.migrations.0005": "x" } }, 'release.accept["shop.migrations.0005"] is no possible name'],
  [{ accept: [NAME] }, "release.accept is [ 'shop.0005_no_name' ]"],
  [{ accepts: {} }, "release.accepts is an unknown key"],
])("%j is refused: %s", (release, first) => {
  const found = complaintsAbout({ release });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/\n {4}expected: .+\n {4}to do: {4}.+/);
  expect(found[0]?.split("\n")[0]).toBe(`✗ ${first}`);
});
