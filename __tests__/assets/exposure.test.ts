import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { STANDARD_LIBRARY_ONLY } from "../support/python";

const PYTHON = resolve(__dirname, "../../assets/image/python");

/** What the check says of settings, given as Python's keyword arguments. */
function said(settings: string, question: "problems" | "warnings" = "problems"): string[] {
  const code = `
import json
from types import SimpleNamespace
import deployment_exposure
settings = SimpleNamespace(**{"DEBUG": False, "INSTALLED_APPS": [], "MIDDLEWARE": ["django.middleware.security.SecurityMiddleware"], "ROOT_URLCONF": "nowhere", **dict(${settings})})
print(json.dumps(deployment_exposure.${question}(settings)))`;
  const { status, stdout, stderr } = spawnSync("python3", [STANDARD_LIBRARY_ONLY, "-c", code], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], PYTHONPATH: PYTHON, PYTHONDONTWRITEBYTECODE: "1" },
  });
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as string[];
}

it.each([
  ["DEBUG=True", "DEBUG is True: each error would show settings and code to every visitor"],
  ["DEBUG='False'", "DEBUG is 'False' (a text that is not empty counts as true"],
  ["DEBUG=1", "DEBUG is 1"],
  ["SECURE_SSL_REDIRECT=True", "SECURE_SSL_REDIRECT is on and there is no https"],
  ["SECURE_SSL_REDIRECT='0'", "SECURE_SSL_REDIRECT is on"],
  ["MIDDLEWARE=['sslify.middleware.SSLifyMiddleware']", "Write SSLIFY_DISABLE = True"],
])("refuses %s with the line to write", (settings, words) => {
  expect(said(settings)).toEqual([expect.stringContaining(words)]);
});

it.each([
  ["DEBUG=False"],
  ["DEBUG=''"],
  ["DEBUG=0"],
  ["SECURE_SSL_REDIRECT=True, MIDDLEWARE=[]"],
  ["SECURE_HSTS_SECONDS=3600"],
  ["MIDDLEWARE=['sslify.middleware.SSLifyMiddleware'], SSLIFY_DISABLE=True"],
  ["INSTALLED_APPS=['debug_toolbar']"],
])("lets pass %s", (settings) => {
  expect(said(settings)).toEqual([]);
});

it("tells all at once", () => {
  expect(said("DEBUG=True, SECURE_SSL_REDIRECT=True")).toHaveLength(2);
});

it("warns of cookies that plain http does not carry", () => {
  expect(said("SESSION_COOKIE_SECURE=True", "warnings")).toEqual([
    expect.stringMatching(/^SESSION_COOKIE_SECURE: .* nobody can log in/),
  ]);
  expect(said("SESSION_COOKIE_SECURE=False", "warnings")).toEqual([]);
});
