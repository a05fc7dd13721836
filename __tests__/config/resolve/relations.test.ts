import type { Deployment } from "../../../config/deployment";
import { describeProblem } from "../../../config/errors";
import { relationProblems } from "../../../config/resolve/relations";
import { guestbook } from "../../support/guestbook";

function complaints(deployment: Deployment): string[] {
  return relationProblems(deployment).map(describeProblem);
}

const { local, project, web } = guestbook;

it("has nothing to say about the guestbook", () => {
  expect(complaints(guestbook)).toEqual([]);
});

it("keeps uploads apart from static files", () => {
  expect(complaints({ ...guestbook, project: { ...project, media: project.static } })).toEqual([
    '✗ project.media.root is "/app/staticfiles", and so is project.static.root\n' +
      "    expected: uploaded files apart from static ones\n" +
      "    to do:    set project.media.root and the settings' MEDIA_ROOT to another one",
    '✗ project.media.url is "/static/", and so is project.static.url\n' +
      "    expected: uploaded files apart from static ones\n" +
      "    to do:    set project.media.url and the settings' MEDIA_URL to another one",
  ]);
});

it.each(["DATABASE_PASSWORD", "SECRET_KEY", "DATABASE_URL", "MYSITE_KEY"])(
  "takes %s out of the environment that anybody may read, and never shows its value",
  (name) => {
    const environment = { [name]: "hunter2", SITE_NAME: "x" };
    const secretive = { ...project, secretKeyVariable: "MYSITE_KEY", environment };
    expect(complaints({ ...guestbook, project: secretive })).toEqual([
      `✗ project.environment.${name} is a secret, which would be readable in the Terraform state and in docker inspect\n` +
        "    expected: variables that anybody may read\n" +
        `    to do:    move it into the project's .env as ${name}=…`,
    ]);
  },
);

it("wants a release to have the time to serve for its soak", () => {
  expect(complaints({ ...guestbook, web: { ...web, soak: 60, startTimeout: 64 } })).toEqual([
    "✗ web.startTimeout is 64, but a release must serve for web.soak, 60 seconds, before it counts as started\n" +
      "    expected: at least 65 seconds\n" +
      "    to do:    write startTimeout: 65 or more, or a smaller soak",
  ]);
  expect(complaints({ ...guestbook, web: { ...web, soak: 60, startTimeout: 65 } })).toEqual([]);
});

it("wants two ports for two services, in the profile that publishes both", () => {
  const same = { ...local, developmentPort: 3307 };
  expect(complaints({ ...guestbook, local: same })).toEqual([]);
  expect(complaints({ ...guestbook, local: { ...same, profile: "development" } })).toEqual([
    "✗ local.databasePort is 3307, and so is local.developmentPort\n" +
      "    expected: a port for each\n" +
      "    to do:    change one of the two, or remove both for the defaults",
  ]);
});
