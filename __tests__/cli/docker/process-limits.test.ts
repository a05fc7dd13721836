import { type Docker, DockerError } from "../../../cli/docker/docker";
import { limitProcesses } from "../../../cli/docker/process-limits";
import { applicationOf } from "../../../application/model";
import { serviceOf } from "../../../application/application";
import { guestbook } from "../../support/guestbook";
import { container, ended } from "../support/engine";

const application = applicationOf(guestbook);
const { processes } = serviceOf(application, "web");

/** An engine that has some containers; what it is asked to do is noted, and fails when told so. */
function engine(there: number, failure?: Error): { docker: Docker; asked: string[] } {
  const asked: string[] = [];
  const docker = {
    run: (args: readonly string[]) => {
      asked.push(args.join(" "));
      return failure ? Promise.reject(failure) : Promise.resolve("");
    },
    inspect: () => Promise.resolve(Array.from({ length: there }, () => container("web"))),
  };
  return { docker: docker as unknown as Docker, asked };
}

it("gives each container that runs on the limit that the model says, and those that have it nothing", async () => {
  const { docker, asked } = engine(2);
  const containers = [
    container("web", { id: "old" }),
    container("web", { id: "new", processes: 7 }),
    container("web", { id: "well", processes }),
    container("nginx", { processes: serviceOf(application, "nginx").processes }),
    ended("migrate"),
    container("former"),
  ];
  await limitProcesses(docker, containers, application.services);
  expect(asked).toEqual([`update --pids-limit=${processes} old new`]);
});

it("lets a container go meanwhile, and tells any other failure", async () => {
  const failure = new DockerError("docker update: no");
  const web = [container("web")];
  await limitProcesses(engine(0, failure).docker, web, application.services);
  await expect(limitProcesses(engine(1, failure).docker, web, application.services)).rejects.toThrow(failure);
});
