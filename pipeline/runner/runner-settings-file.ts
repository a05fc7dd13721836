import type { RunnerSettings } from "./runner-settings";
import { quote, shellWord } from "./shell-word";

/** The runner's part of `deploy/settings.sh`: bash, which the scripts of `deploy/runner` read. Pure. */
export function runnerSettingsText(settings: RunnerSettings): string {
  return [
    "# shellcheck shell=bash disable=SC2016,SC2034",
    "",
    "# What the scripts of deploy/runner read.",
    `NAME=${shellWord(settings.name)}`,
    `IMAGE=${shellWord(settings.image)}`,
    `PYTHON_IMAGE=${settings.pythonImage}`,
    `DATABASE_IMAGE=${settings.databaseImage}`,
    `DATABASE_ALIAS=${shellWord(settings.databaseAlias)}`,
    `WORKING_DIRECTORY=${shellWord(settings.workingDirectory)}`,
    list("BUILD_ARGUMENTS", pairs(settings.buildArguments)),
    list("REQUIREMENTS", settings.requirements),
    "# What stays out of the image: rules of ours and of .dockerignore, as regular expressions. The last that fits decides.",
    `DOCKERIGNORE=${settings.dockerignore}`,
    list("IGNORED", settings.ignored),
    "# Programs in this folder: what GitHub's API commits has lost its mode.",
    list("EXECUTABLES", settings.executables),
    "# How the project's tests are run, and the requirements file that they alone need.",
    `TEST_COMMAND=${shellWord(settings.testCommand)}`,
    `TEST_REQUIREMENTS=${shellWord(settings.testRequirements)}`,
    "# They get this environment, and passwords that are made for each run.",
    list("TEST_ENVIRONMENT", pairs(settings.testEnvironment)),
    list("TEST_SECRETS", settings.testSecrets),
    "# 1: static files are collected first, since the tests run with production's settings.",
    `TESTS_COLLECT=${settings.testsCollect ? "1" : "0"}`,
    "",
  ].join("\n");
}

function list(name: string, words: readonly string[]): string {
  return [`${name}=(`, ...words.map((word) => `  ${quote(word)}`), ")"].join("\n");
}

function pairs(record: Readonly<Record<string, string>>): string[] {
  return Object.entries(record).map(([name, value]) => `${name}=${value}`);
}
