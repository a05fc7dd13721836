import { runInNewContext } from "node:vm";
import { loadDeployment } from "../../config/load";
import { inspectProject, reasonsForOverlay } from "../../config/project";
import type { DeploymentInput } from "../../config/schema";
import { ROOT } from "../support/guestbook";
import { blocksOf } from "../support/pages";
import { projectOf, removeProjects, startproject } from "../support/project";
import { repositoryFiles } from "../support/repository";

afterEach(removeProjects);

/** Each example of `deployment.ts`: a whole file, or lines that are added to one. */
const EXAMPLES = repositoryFiles()
  .filter((file) => file.endsWith(".md"))
  .flatMap((page) =>
    blocksOf(page, "ts").map((block, index) => [`${page}, example ${index + 1}`, block] as const),
  );

/** What an example describes. */
function inputOf(block: string): object {
  const [, whole] = /defineDeployment\((\{[^]*\})\);/.exec(block) ?? [];
  return runInNewContext(`(${whole ?? `{${block}}`})`) as object;
}

it("there are examples on several pages", () => expect(EXAMPLES.length).toBeGreaterThan(6));

it.each(EXAMPLES)("%s can be written into deployment.ts as it stands", (_place, block) => {
  const input = {
    host: { region: "eu-central-1" },
    ...structuredClone(inputOf(block)),
    project: { folder: "examples/guestbook" },
  } as DeploymentInput;
  expect(() => loadDeployment(input, ROOT, { withKeys: false })).not.toThrow();
});

it("settings that read the environment as the page says need none of ours", () => {
  const [settings = ""] = blocksOf("docs/own-project.md", "python");
  const facts = inspectProject(projectOf(startproject(settings)));
  expect(reasonsForOverlay(facts)).toEqual([]);
  expect(facts.database.variables).toMatchObject({
    HOST: "DATABASE_HOST",
    PORT: "DATABASE_PORT",
    NAME: "DATABASE_NAME",
    USER: "DATABASE_USER",
    PASSWORD: "DATABASE_PASSWORD",
  });
});
