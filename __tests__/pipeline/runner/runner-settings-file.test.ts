import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { type RunnerFacts, runnerSettings } from "../../../pipeline/runner/runner-settings";
import { runnerSettingsText } from "../../../pipeline/runner/runner-settings-file";
import { testSettings } from "../../../pipeline/runner/test-settings";
import { quote, shellWord } from "../../../pipeline/runner/shell-word";
import { guestbook } from "../../support/guestbook";
import { repetitions } from "../../support/repetitions";

const FACTS: RunnerFacts = {
  requirements: ["requirements/prod.txt", "requirements/base.txt"],
  projectFiles: ["manage.py", "config/settings/prod.py", "config/settings/test.py"],
  ignored: ["-(?:.*/)?\\.git"],
  executables: ["runner/upload"],
};

/** What bash reads from the file. */
function inBash(text: string, expression: string, env: Record<string, string> = {}): string {
  return execFileSync(
    "bash",
    ["--noprofile", "--norc", "-euo", "pipefail", "-c", `${text}\nprintf '%s|' ${expression}`],
    {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], ...env },
    },
  );
}

describe("the runner's settings", () => {
  const text = runnerSettingsText(runnerSettings(guestbook, FACTS));

  test("are read by bash as they were meant", () => {
    expect(inBash(text, '"$NAME" "$IMAGE" "$PYTHON_IMAGE" "$DATABASE_IMAGE" "$DOCKERIGNORE"')).toBe(
      "guestbook|guestbook-web|python:3.13-slim|mariadb:11.8|none|",
    );
    expect(
      inBash(text, '"${REQUIREMENTS[@]}" "${IGNORED[@]}" "${EXECUTABLES[@]}" "${BUILD_ARGUMENTS[@]}"'),
    ).toBe(
      "requirements/prod.txt|requirements/base.txt|-(?:.*/)?\\.git|runner/upload|REQUIREMENTS=requirements.txt|SYSTEM_PACKAGES=|SYSTEM_PACKAGES_BUILD=|",
    );
  });

  test("let a machine without a registry name its own images", () => {
    expect(inBash(text, '"$PYTHON_IMAGE"', { PYTHON_IMAGE: "own/python" })).toBe("own/python|");
  });

  test("give tests a database that they may make, and no file of a host", () => {
    const { testEnvironment, testSecrets } = runnerSettings(guestbook, FACTS);
    expect(testSecrets).toEqual(["DATABASE_PASSWORD", "SECRET_KEY", "DJANGO_SECRET_KEY"]);
    expect(testEnvironment).toMatchObject({
      DJANGO_SETTINGS_MODULE: "config.settings.test",
      DATABASE_USER: "root",
      DATABASE_HOST: "guestbook-database",
    });
    expect(Object.keys(testEnvironment).filter((name) => name.endsWith("_FILE"))).toEqual([]);
  });

  test("take production's settings for tests when there are no others, and collect static files first", () => {
    const { testEnvironment, testsCollect } = runnerSettings(guestbook, { ...FACTS, projectFiles: [] });
    expect([testEnvironment["DJANGO_SETTINGS_MODULE"], testsCollect]).toEqual(["config.settings.prod", true]);
    expect(runnerSettings(guestbook, FACTS).testsCollect).toBe(false);
  });

  test("tell .dockerignore by its bytes", () => {
    const { dockerignore } = runnerSettings(guestbook, { ...FACTS, dockerignore: Buffer.from("a\r\n") });
    expect(dockerignore).toBe("8e4621379786ef42a4fec155cd525c291dd7db3c1fde3478522f4f61c03fd1bd");
  });
});

describe("testSettings", () => {
  const project = { settings: "config.settings.prod", workingDirectory: "/app" };
  test.each<[string, readonly string[], string | undefined]>([
    ["beside production's", ["config/settings/test.py"], "config.settings.test"],
    ["named otherwise", ["config/settings/testing.py"], "config.settings.testing"],
    ["of something else", ["entries/test.py"], undefined],
  ])("%s", (_name, files, expected) => expect(testSettings(project, files)).toBe(expected));

  test("below the folder of manage.py", () =>
    expect(
      testSettings({ settings: "site.settings", workingDirectory: "/app/src" }, [
        "src/site/test_settings.py",
      ]),
    ).toBe("site.test_settings"));
});

test("a word of the shell means exactly its text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(inBash("", `${quote(text)} ${text === "" ? "''" : shellWord(text)}`)).toBe(`${text}|${text}|`);
    }),
    { numRuns: repetitions(50) },
  );
});
