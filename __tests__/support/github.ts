import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./guestbook";

/** `describe`, skipped with a warning where nobody has put GitHub's provider: it can't be built here. */
export function describeWithGitHubProvider(): jest.Describe {
  const { status, stderr } = spawnSync(join(ROOT, "tools", "providers"), ["--prebuilt", "github"], {
    encoding: "utf8",
  });
  if (status === 0) return describe;
  console.warn(`SKIPPED: these tests need Terraform's provider for GitHub.\n${stderr}`);
  return describe.skip;
}
