import { applicationOf } from "../../application/model";
import { serviceOf } from "../../application/application";
import { createArguments } from "../../bench/contestant";
import { standInput } from "../../bench/stand-input";
import { loadDeployment } from "../../config/load";
import { resolve } from "node:path";

const input = { ...standInput(8080), project: { folder: "examples/guestbook" } };
const application = applicationOf(loadDeployment(input, resolve(__dirname, "../..")).deployment);
const service = serviceOf(application, "web");
const args = createArguments(application, service, {
  name: "bench-contestant-x",
  image: "sha256:1",
  command: ["gunicorn", "config.wsgi:application"],
  environment: { WEB_BIND: "0.0.0.0:8000" },
});
const valuesOf = (option: string): (string | undefined)[] =>
  args.flatMap((argument, index) => (argument === option ? [args[index + 1]] : []));

it("is given what the service is given: user, memory, network, hardening", () => {
  expect(valuesOf("--user")).toEqual([service.user]);
  expect(valuesOf("--memory")).toEqual([`${service.memory}m`]);
  expect(valuesOf("--network")).toEqual(["bench"]);
  expect(args).toEqual(expect.arrayContaining(["--read-only", "ALL", "no-new-privileges"]));
});

it("has the service's environment and what is set on top of it", () => {
  const environment = Object.entries(service.environment).map(([key, value]) => `${key}=${value}`);
  expect(valuesOf("--env")).toEqual([...environment, "WEB_BIND=0.0.0.0:8000"]);
});

it("mounts the deployment's own volumes, for reading only where the service does", () => {
  expect(valuesOf("--volume")).toEqual(
    expect.arrayContaining([
      "bench-run:/run/web",
      "bench-secrets:/run/secrets:ro",
      "bench-static:/app/staticfiles:ro",
    ]),
  );
  expect(valuesOf("--tmpfs")[0]).toMatch(/^\/tmp:size=\d+m,mode=1777$/);
});

it("never takes part in the hand-over of traffic: it has no health check", () =>
  expect(args).toContain("--no-healthcheck"));

it("ends in the image and its command", () =>
  expect(args.slice(-3)).toEqual(["sha256:1", "gunicorn", "config.wsgi:application"]));
