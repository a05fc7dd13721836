import { pythonVersionOf } from "../../../config/project/python-version";
import { ProjectTree } from "../../../config/tree/tree";
import { projectOf, removeProjects } from "../../support/project";
import type { ProjectFiles } from "../../support/project";

afterEach(removeProjects);

describe("pythonVersionOf", () => {
  test.each<[ProjectFiles, string | undefined]>([
    [{ ".python-version": "# for uv\n3.12.1\n", "runtime.txt": "python-3.9" }, "3.12 .python-version"],
    [{ "runtime.txt": "python-3.11.9" }, "3.11 runtime.txt"],
    [{ Pipfile: `[requires]\npython_version = "3.10"\n` }, "3.10 Pipfile"],
    [
      { Dockerfile: "FROM node:20\nFROM python:3.8.3-alpine as builder\nFROM python:3.9-slim\nRUN x" },
      "3.9 Dockerfile",
    ],
    [{ Dockerfile: "FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim AS builder\n" }, "3.12 Dockerfile"],
    [
      { Dockerfile: "FROM python:${VERSION}\n", "pyproject.toml": `requires-python = ">=3.12"` },
      "3.12 pyproject.toml or later",
    ],
    [{ "pyproject.toml": `requires-python = "==3.11.*"` }, "3.11 pyproject.toml"],
    [{ "pyproject.toml": `[tool.poetry.dependencies]\npython = "^3.10"` }, "3.10 pyproject.toml or later"],
    [{ "runtime.txt": "python-2.7" }, undefined],
    [{}, undefined],
  ])("%j", (files, expected) => {
    const found = pythonVersionOf(new ProjectTree(projectOf(files)), ".");
    expect(found && `${found.version} ${found.file}${found.orLater ? " or later" : ""}`).toBe(expected);
  });
});
