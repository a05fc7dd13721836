import { posix } from "node:path";
import type { Project } from "../../config/deployment";

/** Where Django's settings for tests usually are, in the order in which they are looked for. */
const NAMES = ["test", "tests", "testing", "test_settings", "settings_test"];

/**
 * The settings module that the project's tests are meant for: one beside that of production whose name says so.
 *
 * @param files the project's files in the image, below its folder
 * @param mount the project's folder in the container
 * @returns undefined when there is none: tests run with production's
 */
export function testSettings(
  { settings, workingDirectory }: Pick<Project, "settings" | "workingDirectory">,
  files: readonly string[],
  mount = "/app",
): string | undefined {
  const root = posix.relative(mount, workingDirectory);
  const above = settings.split(".").slice(0, -1);
  const there = new Set(files);
  return NAMES.map((name) => [...above, name])
    .find((parts) => there.has(`${posix.join(root, ...parts)}.py`))
    ?.join(".");
}
