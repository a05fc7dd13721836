import { deployWorkflow } from "../../pipeline/workflow/deploy-workflow";
import { pipelineFiles } from "../../pipeline/pipeline-files";
import { SEALED_SECRETS } from "../../config/files/sealed";
import { deployFolder } from "../../synth/repository/deploy-folder";
import { ROOT, guestbookOnGitHub } from "../support/guestbook";
import { codeIn, pageText, rowsOf, saidIn, sectionOf } from "../support/pages";
import { WORKFLOW, projectFilesOf } from "../support/pipeline";

const PAGE = "docs/pipeline.md";

describe("the table of the files in the repository", () => {
  const deployment = guestbookOnGitHub(ROOT);
  const made = pipelineFiles(
    WORKFLOW,
    deployFolder({ deployment, projectFiles: projectFilesOf(deployment), root: ROOT }),
  ).map(({ path }) => path);
  /** `nginx/` stands behind `deploy/access/`. */
  const rows = rowsOf(sectionOf(PAGE, "What is in the repository")).map(([files = ""]) =>
    codeIn(files).map((file) => (/^(deploy|\.github)\//.test(file) ? file : `deploy/${file}`)),
  );

  it("has a row for each file", () => {
    const told = rows.flat();
    const isTold = (path: string): boolean =>
      told.some((place) => (place.endsWith("/") ? path.startsWith(place) : path === place));
    expect(made.length).toBeGreaterThan(30);
    expect(made.filter((path) => !isTold(path))).toEqual([]);
  });

  it("has no row for what is not made", () => {
    const isMade = (place: string): boolean =>
      made.some((path) => (place.endsWith("/") ? path.startsWith(place) : path === place));
    expect(rows.flat().filter((place) => !isMade(place))).toEqual([]);
  });
});

describe("the table of secrets", () => {
  const text = JSON.stringify(deployWorkflow(WORKFLOW));
  const [table = ""] = pageText(PAGE).split("## What is in the repository");
  const rows = rowsOf(table.replace(/^ +/gm, ""));
  const namesOf = (kind: string): string[] =>
    rows.filter(([, is = ""]) => is.startsWith(kind)).flatMap(([names = ""]) => codeIn(names));

  it.each([
    ["secret", "secrets"],
    ["variable", "vars"],
  ])("names each %s that the workflow reads, and no other", (kind, context) => {
    const read = [...text.matchAll(new RegExp(`${context}\\.([A-Z_]+)`, "g"))].map(([, name]) => name);
    expect(namesOf(kind).sort()).toEqual([...new Set(read)].sort());
  });

  it("names those that are sealed", () => {
    expect(namesOf("secret")).toEqual(expect.arrayContaining([...SEALED_SECRETS]));
  });
});

it("a rule that a killed run has left is removed when the page says so", () => {
  const [each, age, limit] = saidIn(
    PAGE,
    /Each (\d+) minutes the machine looks for rules that are older than (\d+) minutes: GitHub ends a run after (\d+)\./,
  );
  const deployment = guestbookOnGitHub(ROOT);
  const files = deployFolder({ deployment, projectFiles: projectFilesOf(deployment), root: ROOT });
  const content = (path: string): string => files.find((file) => file.path === path)?.content ?? "";
  const { runnerRuleLimit } = JSON.parse(content("host/settings.json")) as { runnerRuleLimit: number };
  expect(runnerRuleLimit).toBe(Number(age) * 60);
  expect(content("host/cron")).toMatch(new RegExp(`^\\*/${each} .* stale-rules `, "m"));
  expect(JSON.stringify(deployWorkflow(WORKFLOW))).toContain(`"timeout":${limit}`);
});
