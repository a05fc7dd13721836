import { Docker } from "../../../cli/docker/docker";
import { factsOf } from "../../../cli/deploy/facts";
import type { StateObject } from "../../../cli/terraform/state";
import { NGINX_IMAGE } from "../../assets/support/nginx";
import { known } from "../support/engine";

jest.setTimeout(60_000);

/** Objects of the engine's own, each of which a state knows. */
const NAME = `test-facts-${process.pid}`;
const docker = new Docker();

let objects: StateObject[];

beforeEach(async () => {
  await docker.run(["network", "create", NAME]);
  await docker.run(["volume", "create", NAME]);
  await docker.run(["tag", NGINX_IMAGE, `${NAME}:one`]);
  const run = ["run", "--detach", "--name", NAME, "--network", NAME, "--volume", `${NAME}:/data`];
  const id = await docker.run([...run, "--memory", "64m", "--entrypoint", "sleep", `${NAME}:one`, "300"]);
  const image = await docker.run(["image", "inspect", "--format", "{{.Id}}", NGINX_IMAGE]);
  const network = await docker.run(["network", "inspect", "--format", "{{.Id}}", NAME]);
  objects = [
    known("docker_container.one", id.trim()),
    known("docker_image.one", `${image.trim()}${NAME}:one`),
    known("docker_network.one", network.trim()),
    known("docker_volume.one", NAME),
  ];
});
afterEach(async () => {
  await docker.try(["rm", "--force", NAME]);
  await docker.try(["network", "rm", NAME]);
  await docker.try(["volume", "rm", NAME]);
  await docker.try(["rmi", `${NAME}:one`]);
});

it("says the same as long as nobody changes an object, whatever its containers do", async () => {
  const before = await factsOf(docker, objects);
  expect(before).toEqual(expect.stringContaining(NAME));
  await docker.run(["exec", NAME, "sh", "-c", "echo work > /data/file"]);
  await docker.run(["restart", "--time", "0", NAME]);
  expect(await factsOf(docker, objects)).toBe(before);
});

it.each<[string, readonly (readonly string[])[]]>([
  ["has other limits", [["update", "--memory", "96m", "--memory-swap", "96m", NAME]]],
  ["is stopped", [["stop", "--time", "0", NAME]]],
  ["is paused", [["pause", NAME]]],
  ["has another name", [["rename", NAME, `${NAME}-new`]]],
  ["is on no network", [["network", "disconnect", NAME, NAME]]],
  [
    "has another name on its network",
    [
      ["network", "disconnect", NAME, NAME],
      ["network", "connect", "--alias", "db", NAME, NAME],
    ],
  ],
])("says something else when a container %s", async (_what, commands) => {
  const before = await factsOf(docker, objects);
  for (const command of commands) await docker.run(command);
  const after = await factsOf(docker, objects);
  await docker.try(["rm", "--force", `${NAME}-new`]);
  expect(after).not.toBe(before);
});

it("says something else when the name of an image stands for another image", async () => {
  const before = await factsOf(docker, objects);
  await docker.run(["commit", NAME, `${NAME}:one`]);
  expect(await factsOf(docker, objects)).not.toBe(before);
});

it.each([
  ["a container", ["rm", "--force", NAME]],
  ["an image's name", ["rmi", "--force", `${NAME}:one`]],
])("says nothing when %s is gone", async (_what, command) => {
  await docker.run(command);
  expect(await factsOf(docker, objects)).toBeUndefined();
});

it("says nothing of what it does not know, nor where the engine does not answer", async () => {
  expect(await factsOf(docker, [...objects, known("docker_secret.one", "1")])).toBeUndefined();
  expect(await factsOf(docker, [known("docker_image.one", "of another form")])).toBeUndefined();
  expect(await factsOf(new Docker("unix:///nowhere.sock"), objects)).toBeUndefined();
  expect(await factsOf(docker, [])).toBe("");
});
