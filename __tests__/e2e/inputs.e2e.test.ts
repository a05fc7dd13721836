import { createServer } from "node:http";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { DeploymentInput } from "../../config";
import { temporaryFolder } from "../support/synthesis";
import { Clone } from "./support/clone";
import { type Outcome, errorsOf } from "./support/run";

let clone: Clone;

beforeAll(async () => {
  clone = await Clone.create("inputs");
});

/** What a command that wrongly succeeded has made is not the next test's failure. */
afterEach(() => {
  for (const path of ["cdktf.out", ".deployment/state"]) clone.remove(path);
});

/** Nothing of a deployment was made: neither files nor anything on the engine. */
async function expectNothingDone({ status }: Outcome): Promise<void> {
  expect(status).not.toBe(0);
  expect(existsSync(join(clone.folder, "cdktf.out"))).toBe(false);
  expect(existsSync(join(clone.folder, ".deployment", "state"))).toBe(false);
  expect([...(await clone.containers()), ...(await clone.docker.volumes(clone.name))]).toEqual([]);
}

/** Writes a project beside the program, path → text. */
function project(files: Record<string, string>): void {
  clone.remove("project");
  for (const [path, text] of Object.entries(files)) clone.write(join("project", path), text);
}

/** A project that is complete. */
const PROJECT = {
  "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")\n',
  "mysite/__init__.py": "",
  "mysite/settings.py":
    'INSTALLED_APPS = []\nROOT_URLCONF = "mysite.urls"\nWSGI_APPLICATION = "mysite.wsgi.application"\n',
  "mysite/urls.py": "urlpatterns = []\n",
  "mysite/wsgi.py": "application = None\n",
  "requirements.txt": "Django\n",
};

interface WrongInput {
  readonly what: string;
  /** As a user may write it, whatever its type. */
  readonly input: unknown;
  readonly files?: Record<string, string>;
  readonly prepare?: () => void;
  /** Each error's place and what it must name, one for each error. */
  readonly errors: readonly RegExp[];
}

const WRONG_INPUTS: readonly WrongInput[] = [
  {
    what: "an unknown key",
    input: { project: { folder: "project" }, databse: { memory: 512 } },
    errors: [/^✗ databse .*[^]*did you mean "?database/],
  },
  {
    what: "an unknown key in a section",
    input: { project: { folder: "project", setings: "mysite.settings" } },
    errors: [/^✗ project\.setings .*[^]*did you mean "?settings/],
  },
  {
    what: "a value of the wrong type",
    input: { project: { folder: "project" }, web: { workers: "four" } },
    errors: [/^✗ web\.workers is "four"[^]*expected: a whole number/],
  },
  {
    what: "a missing folder",
    input: { project: { folder: "nowhere" } },
    errors: [/^✗ project\.folder .*nowhere/],
  },
  {
    what: "a folder without manage.py",
    input: { project: { folder: "project" } },
    files: { "README.md": "" },
    errors: [/^✗ project\.folder is "project", which has no manage\.py/],
  },
  {
    what: "a settings module that does not exist",
    input: { project: { folder: "project", settings: "mysite.setings" } },
    errors: [/^✗ project\.settings is "mysite\.setings"[^]*did you mean "?mysite\.settings/],
  },
  {
    what: "an .env that can't be read",
    // root may read every file, so it is a folder. A folder that nobody named would be none of the project's files.
    input: { project: { folder: "project", envFile: ".env" } },
    prepare: () => mkdirSync(join(clone.folder, "project", ".env")),
    errors: [/^✗ project\.envFile is "\.env".*can't be read/],
  },
  {
    what: "many of these at once",
    input: {
      project: { folder: "nowhere", port: 1 },
      web: { workers: 0 },
      local: { profile: "prod" },
      datbase: {},
    },
    errors: [/project\.folder/, /project\.port/, /web\.workers/, /local\.profile/, /datbase/],
  },
];

describe.each(["synth", "up"])("make %s", (command) => {
  it.each(WRONG_INPUTS)(
    "says what is wrong with $what, once, and does nothing",
    async ({ input, files, prepare, errors }) => {
      project(files ?? PROJECT);
      prepare?.();
      clone.configure({ ...(input as DeploymentInput) });
      const outcome = await clone.make(command);
      await expectNothingDone(outcome);
      const said = outcome.stderr.split(/^(?=✗ )/m).filter((text) => text.startsWith("✗ "));
      expect(said).toHaveLength(errors.length);
      for (const error of errors) expect(said).toContainEqual(expect.stringMatching(error));
      for (const text of said) expect(text).toMatch(/^✗ .+\n +expected: .+/);
    },
  );
});

describe("make up on a machine that lacks something", () => {
  beforeAll(() => clone.configure());

  it("names the port that somebody else has", async () => {
    const server = createServer().listen(clone.ports.web, "127.0.0.1");
    const outcome = await clone.make("up");
    server.close();
    await expectNothingDone(outcome);
    expect(errorsOf(outcome)).toEqual([
      expect.stringMatching(new RegExp(`^✗ local\\.port is ${clone.ports.web}`)),
    ]);
  });

  it("says that Docker does not run", async () => {
    const outcome = await clone.make("up", { env: { DOCKER_HOST: "unix:///nonexistent/docker.sock" } });
    await expectNothingDone(outcome);
    expect(errorsOf(outcome)).toEqual([expect.stringMatching(/Docker engine.*\/nonexistent\/docker\.sock/)]);
  });

  it("says that Terraform is missing", async () => {
    const outcome = await clone.make("up", {
      env: { PATH: pathWithout("terraform", "tofu"), TERRAFORM_BINARY_NAME: undefined },
    });
    await expectNothingDone(outcome);
    expect(errorsOf(outcome)).toEqual([expect.stringMatching(/Terraform is missing.*install/)]);
  });

  it("says that Terraform is too old", async () => {
    clone.write("old/terraform", '#!/bin/sh\necho "Terraform v1.5.7"\n');
    chmodSync(join(clone.folder, "old", "terraform"), 0o755);
    const path = `${join(clone.folder, "old")}${delimiter}${pathWithout("terraform", "tofu")}`;
    const outcome = await clone.make("up", { env: { PATH: path, TERRAFORM_BINARY_NAME: undefined } });
    await expectNothingDone(outcome);
    expect(errorsOf(outcome)).toEqual([expect.stringMatching(/Terraform 1\.5\.7.*too old/)]);
  });
});

/** The search path with every program but some. */
function pathWithout(...names: string[]): string {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => existsSync(folder))
    .map((folder) => {
      if (!names.some((name) => isProgram(join(folder, name)))) return folder;
      const rest = temporaryFolder();
      for (const name of readdirSync(folder))
        if (!names.includes(name)) symlinkSync(join(folder, name), join(rest, name));
      return rest;
    })
    .join(delimiter);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
