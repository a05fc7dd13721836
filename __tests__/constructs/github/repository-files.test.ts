import { RepositoryFiles } from "../../../constructs/github/repository-files";
import { type Properties, type StackJson, countsOf } from "../../support/assertions";
import { githubStackWith, guestbookRepository } from "../../support/github-stack";

function stackFor(...paths: string[]): StackJson {
  return githubStackWith((scope) => {
    new RepositoryFiles(scope, "files", {
      name: "guestbook",
      github: guestbookRepository({ branch: "live" }),
      files: paths.map((path) => ({ path, source: `../../pipeline/repository/${path}` })),
      after: [{ fqn: "github_actions_environment_secret.s" }],
    });
  });
}

/** Arguments and address of a file. */
function file({ resource = {} }: StackJson, path: string): Properties & { readonly address: string } {
  const all = Object.entries(resource["github_repository_file"] ?? {});
  const [id, found = {}] = all.find(([, one]) => one["file"] === path) ?? [path];
  return { ...found, address: `github_repository_file.${id}` };
}

describe("RepositoryFiles", () => {
  const paths = ["deploy/stack.yaml", ".github/workflows/deploy.yml", "deploy/MANIFEST"];
  const stack = stackFor(...paths);
  const [first, second, third] = paths.map((path) => file(stack, path));

  it("are files of one branch, read by Terraform", () => {
    expect(countsOf(stack)).toEqual({ github_repository_file: 3 });
    expect(first).toMatchObject({
      repository: "guestbook",
      branch: "live",
      file: "deploy/stack.yaml",
      content: '${file("../../pipeline/repository/deploy/stack.yaml")}',
      overwrite_on_create: true,
    });
  });

  it("are committed one after the other, when all that a run needs is there", () => {
    expect(first?.["depends_on"]).toEqual(["github_actions_environment_secret.s"]);
    expect(second?.["depends_on"]).toEqual([first?.address]);
    expect(third?.["depends_on"]).toEqual([second?.address]);
  });

  it("start one run, with the last commit", () =>
    expect([first, second, third].map((one) => one?.["commit_message"])).toEqual([
      "Deployment of guestbook: deploy/stack.yaml [skip ci]",
      "Deployment of guestbook: .github/workflows/deploy.yml [skip ci]",
      "Deployment of guestbook: deploy/MANIFEST",
    ]));

  it("keep their addresses when others come and go", () =>
    expect(file(stackFor("a", "deploy/MANIFEST"), "deploy/MANIFEST").address).toBe(third?.address));

  it("are told apart even when only a sign differs", () =>
    expect(countsOf(stackFor("deploy/a.b", "deploy/a-b"))).toEqual({ github_repository_file: 2 }));

  it("may be none", () => expect(countsOf(stackFor())).toEqual({}));
});
