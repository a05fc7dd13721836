import { childEnvironment, readEnvironment } from "../../config/environment";

it("is empty where nothing is set", () => {
  expect(readEnvironment({})).toEqual({ noInstall: false, ci: false });
});

it("reads what the commands look at, and takes an empty variable for none", () => {
  expect(
    readEnvironment({
      DOCKER_HOST: "ssh://a@b",
      TF_CLI_CONFIG_FILE: "terraform.rc",
      NO_INSTALL: "1",
      CI: "true",
      GH_TOKEN: "ghp_x",
      GITHUB_API_URL: "https://git.example/api/v3",
    }),
  ).toEqual({
    dockerHost: "ssh://a@b",
    terraformConfig: "terraform.rc",
    noInstall: true,
    ci: true,
    githubToken: "ghp_x",
    githubApi: "https://git.example/api/v3",
  });
  expect(readEnvironment({ DOCKER_HOST: "", TF_CLI_CONFIG_FILE: "", NO_INSTALL: "0", CI: "" })).toEqual({
    noInstall: false,
    ci: false,
  });
});

it("adds to the environment of a child process and leaves our own alone", () => {
  const child = childEnvironment({ DJANGO_DEPLOYMENT_TEST: "x" });
  expect(child).toEqual({ ...process.env, DJANGO_DEPLOYMENT_TEST: "x" });
  expect(process.env["DJANGO_DEPLOYMENT_TEST"]).toBeUndefined();
});
