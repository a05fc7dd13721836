import * as z from "zod";
import { descriptions, relativePath, text } from "./values";

/** Account or organization; those that an enterprise manages have an underscore. */
const account = text(/^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$/, "a user name of GitHub", "octocat");

const accounts = z
  .array(account)
  .max(6)
  .register(descriptions, {
    expected: "a list of at most 6 user names of GitHub",
    example: ["octocat"],
  });

/** The application's repository on GitHub, from which a push goes live. The token comes from the environment. */
export const githubSchema = z.strictObject({
  /**
   * The repository, as GitHub spells it.
   *
   * @default none: it must be written
   */
  repository: text(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}\/(?!\.{1,2}$)(?!.*\.git$)[A-Za-z0-9._-]{1,100}$/,
    "a repository as owner/name",
    "octocat/mysite",
  ),
  /**
   * Branch whose pushes go live; it must exist.
   *
   * @default `main`
   * @source GitHub's own default for a new repository
   */
  branch: text(
    /^(?!.*(\.\.|\/\/|\/\.|\.lock$|\.lock\/|\.$|\/$))[A-Za-z0-9_][A-Za-z0-9._/-]{0,99}$/,
    "the name of a branch: letters, digits and . _ / -",
    "main",
  ).default("main"),
  /**
   * Deployment environment on GitHub that holds the secrets. Nothing but the branch gets at them.
   *
   * @default `production`
   * @source our choice: the name that GitHub's own examples have
   */
  environment: text(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/,
    "a name of letters, digits and . _ -",
    "production",
  ).default("production"),
  /**
   * Users one of whom must approve each release, at most 6.
   *
   * @default none: a push goes live without being asked
   */
  reviewers: accounts.default([]),
  /**
   * Where the image is built: on the machine, or on GitHub's runner for machines that are too small to build.
   *
   * @default `host`
   * @source our choice: the machine keeps the layers, so that a release of code alone builds in seconds
   */
  build: z.enum(["host", "runner"]).default("host"),
  /**
   * Run the project's tests before each release; one that fails stops it.
   *
   * @default `true` when the project has tests: `tests.py`, `test_*.py`, `*_test.py` or a folder `tests` with a `def test…` in it
   */
  tests: z.boolean().optional(),
  /**
   * How the tests are run: a line of a shell, in the folder of manage.py, in a container of the image.
   *
   * @default `python3 -m pytest` when pytest is configured and a requirements file asks for it, else `python3 manage.py test --noinput`
   */
  testCommand: text(
    /^[^\0\r\n]*\S[^\0\r\n]*$/,
    "one line of a shell",
    "python3 -m pytest --quiet",
  ).optional(),
  /**
   * Requirements of the tests alone, installed beside production's before they run, and never released.
   *
   * @default found in the project: the file that asks for pytest, where pytest is what runs them
   */
  testRequirements: relativePath("requirements-dev.txt").optional(),
  /**
   * GitHub's OIDC provider in the AWS account, of which there can be one only: made here, or there already.
   *
   * @default `create`
   * @source our choice: a new account has none
   */
  oidcProvider: z.enum(["create", "existing"]).default("create"),
  /**
   * First part of the subject that GitHub's tokens name the repository by: its settings show it under Actions, OIDC.
   *
   * @default what GitHub says when the secrets are sealed; until then `repo:` and the repository
   */
  oidcSubject: text(
    /^repo:[A-Za-z0-9_@-]+\/[A-Za-z0-9._@-]+$/,
    "repo:OWNER/NAME or repo:OWNER@ID/NAME@ID, without what follows",
    "repo:octocat@123456/mysite@456789",
  ).optional(),
});
