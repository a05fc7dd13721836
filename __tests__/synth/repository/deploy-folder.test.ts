import { parse } from "yaml";
import { deployFolder } from "../../../synth/repository/deploy-folder";
import { ROOT, guestbookOnHost, guestbookWithProcesses } from "../../support/guestbook";
import { projectFilesOf } from "../../support/pipeline";

interface Stack {
  readonly services: Readonly<Record<string, unknown>>;
  readonly networks: unknown;
}

const deployment = { ...guestbookOnHost(ROOT), processes: guestbookWithProcesses.processes };
const files = deployFolder({ deployment, projectFiles: projectFilesOf(deployment), root: ROOT });

function stack(path: string): Stack {
  const file = files.find((one) => one.path === path);
  if (!file) throw new Error(`there is no ${path}`);
  return parse(file.content) as Stack;
}

it("each service of the Swarm has a file of its own, which says what stack.yaml says of it", () => {
  const { services, networks } = stack("stack.yaml");
  const names = Object.keys(services);
  expect(names).toEqual(expect.arrayContaining(["database", "nginx", "my-worker", "web", "beat"]));
  for (const [name, service] of Object.entries(services))
    expect(stack(`services/${name}.yaml`)).toMatchObject({ services: { [name]: service }, networks });
  expect(files.filter(({ path }) => path.startsWith("services/"))).toHaveLength(names.length);
});

it("no two files have one path", () => {
  const paths = files.map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
});
