import { readFileSync } from "node:fs";
import { join } from "node:path";
import { documentsOf } from "../../docs/generator/documents";
import { mountLines, orderLines } from "../../docs/generator/mermaid";
import { edgesOf, resourcesOf } from "../../docs/generator/stack-graph";
import { ROOT } from "../support/guestbook";

it.each([...documentsOf(ROOT)])('%s is what "make docs" makes now', (file, text) => {
  expect(readFileSync(join(ROOT, file), "utf8")).toBe(text);
});

const resources = resourcesOf([
  {
    name: "data",
    json: { resource: { docker_volume: { files: { name: "x-files" }, lone: { name: "x-lone" } } } },
  },
  {
    name: "app",
    json: {
      resource: {
        docker_image: { base: { name: "x" } },
        docker_container: {
          first: { image: "${docker_image.base.image_id}", must_run: false, mounts: [{ source: "x-files" }] },
          // The image comes before it anyway, and "docker_container.first_2" is another one.
          second: {
            image: "${docker_image.base.image_id}",
            depends_on: ["docker_container.first"],
            mounts: [{ source: "x-files", read_only: true }, { target: "/tmp" }],
          },
          first_2: { depends_on: ["docker_container.second"] },
        },
      },
    },
  },
]);

it("draws an edge for what a resource refers to or depends on, and none for what follows from others", () => {
  expect(edgesOf(resources)).toEqual([
    { before: "docker_image.base", after: "docker_container.first" },
    { before: "docker_container.first", after: "docker_container.second" },
    { before: "docker_container.second", after: "docker_container.first_2" },
  ]);
});

it("draws each stack with its resources in the shape of their kind", () => {
  expect(orderLines(resources, [{ before: "data", after: "app" }])).toEqual([
    "subgraph data",
    "  volume_files[(files)]",
    "  volume_lone[(lone)]",
    "end",
    "subgraph app",
    "  image_base[/base/]",
    "  container_first([first])",
    "  container_second[second]",
    "  container_first_2[first-2]",
    "end",
    "data ==> app",
    "image_base --> container_first",
    "container_first --> container_second",
    "container_second --> container_first_2",
  ]);
});

it("draws who mounts what, dotted where it only reads", () => {
  expect(mountLines(resources)).toEqual([
    "container_first([first])",
    "volume_files[(files)]",
    "container_second[second]",
    "container_first --- volume_files",
    "container_second -.- volume_files",
  ]);
});
