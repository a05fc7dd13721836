import * as fc from "fast-check";
import { serviceOf } from "../../../application/application";
import { nginx } from "../../../application/backing-services/nginx";
import { applicationOf } from "../../../application/model";
import { onHost } from "../../../application/on-host";
import { memoryShares } from "../../../application/registry/queries";
import { DEFINITIONS } from "../../../application/registry/definitions";
import type { Deployment } from "../../../config/deployment";
import { INSTANCE_TYPES, instanceType } from "../../../config/instance-types";
import { resolveHostMemory, resolveLocalMemory } from "../../../config/resolve/memory";
import { resolveJobs } from "../../../config/resolve/jobs";
import { resolveProcesses } from "../../../config/resolve/processes";
import { type DeploymentInput, type DeploymentSettings, deploymentSchema } from "../../../config/schema";
import { containerConfiguration } from "../../../constructs/docker/container-configuration";
import { Files } from "../../../constructs/files";
import { stackText } from "../../../pipeline/stack-text";
import { deploymentOf, inputs } from "../../support/arbitraries";
import { ROOT } from "../../support/guestbook";
import { repetitions } from "../../support/repetitions";

/** All that may decide about nginx's container: its version, its memory, and what of this computer it takes. */
interface Kept {
  readonly name: string;
  readonly version?: string;
  readonly memory?: number;
  readonly machine?: number;
  readonly instanceType: string;
  readonly port: number;
  readonly address: string;
}

const kept: fc.Arbitrary<Kept> = fc.record(
  {
    name: fc.constantFrom("guestbook", "shop"),
    version: fc.constantFrom("1.28", "1.30.1"),
    memory: fc.integer({ min: 32, max: 512 }),
    machine: fc.constantFrom(8192, 65_536),
    instanceType: fc.constantFrom(
      ...INSTANCE_TYPES.filter((type) => (instanceType(type)?.memory ?? 0) >= 16_384),
    ),
    port: fc.constantFrom(8080, 80),
    address: fc.constantFrom("127.0.0.1", "::1"),
  },
  { requiredKeys: ["name", "instanceType", "port", "address"] },
);

/** Largest bodies that most machines have memory for, MiB. */
const bodySizes = fc.integer({ min: 1, max: 500 });

/** Settings that differ in whatever the schema has, and agree in what is kept. No wish asks for a whole machine. */
function settingsOf(input: DeploymentInput, bodySize: number, same: Kept): DeploymentSettings {
  const { name, version, memory, machine, port, address } = same;
  const modest = (wish?: number): number | undefined => wish && Math.min(wish, 1024);
  return deploymentSchema.parse({
    ...input,
    name,
    web: { ...input.web, memory: modest(input.web?.memory) },
    database: { ...input.database, memory: modest(input.database?.memory) },
    processes: Object.fromEntries(
      Object.entries(input.processes ?? {}).map(([role, process]) => [
        role,
        { ...process, memory: 64, count: 1 },
      ]),
    ),
    jobs: Object.fromEntries(
      Object.entries(input.jobs ?? {}).flatMap(([role, job]) =>
        role in (input.processes ?? {}) ? [] : [[role, { ...job, memory: 64 }]],
      ),
    ),
    proxy: { ...input.proxy, bodySize, version, memory },
    local: { ...input.local, profile: "production", memory: machine, port, address },
    host: {
      ...{ ...input.host, region: "eu-central-1", zone: undefined, architecture: undefined, ssh: "nobody" },
      instanceType: same.instanceType,
    },
    github: undefined,
  });
}

/** Whether the machines are large enough; else the deployment is refused. */
function fits(settings: DeploymentSettings, { instanceType: name }: Kept): boolean {
  const shares = memoryShares({ processes: resolveProcesses(settings), jobs: resolveJobs(settings) });
  const type = instanceType(name);
  if (!type) throw new Error(`${name} is unknown`);
  return [resolveLocalMemory(settings, shares), resolveHostMemory(settings, type, shares)].every(
    ({ problems }) => problems.length === 0,
  );
}

/** nginx's container as the docker provider gets it, and its service as a host's Swarm gets it. */
function renderedFor(deployment: Deployment): { readonly local: string; readonly host: string } {
  const application = applicationOf(deployment);
  const files = new Files({ root: ROOT, outdir: ROOT });
  const service = serviceOf(application, nginx.name);
  if (!deployment.host) throw new Error("the deployment has a host");
  return {
    local: JSON.stringify(containerConfiguration({ application, service, files, imageId: "image" })),
    host: stackText(applicationOf(onHost(deployment, deployment.host)), { only: [nginx.name] }),
  };
}

it("nginx is the same container, byte for byte, whatever else changes than its version and its memory", () => {
  fc.assert(
    fc.property(inputs, inputs, bodySizes, bodySizes, kept, (one, other, size, otherSize, same) => {
      const [before, after] = [settingsOf(one, size, same), settingsOf(other, otherSize, same)];
      fc.pre(fits(before, same) && fits(after, same));
      expect(renderedFor(deploymentOf(after))).toEqual(renderedFor(deploymentOf(before)));
    }),
    { numRuns: repetitions(200) },
  );
});

it("its version and its memory are in it: with these it is replaced", () => {
  const of = (change: DeploymentInput["proxy"]): ReturnType<typeof renderedFor> =>
    renderedFor(
      deploymentOf(
        deploymentSchema.parse({
          project: { folder: "." },
          proxy: change,
          host: { region: "eu-central-1", ssh: "nobody" },
        }),
      ),
    );
  const usual = of({});
  expect(of({ memory: 100 }).local).not.toBe(usual.local);
  expect(of({ memory: 100 }).host).not.toBe(usual.host);
  // Terraform has the image as a resource of its own.
  expect(of({ version: "1.30.1" }).host).not.toBe(usual.host);
});

it("of the definitions it alone is what visitors come through", () =>
  expect(
    DEFINITIONS.filter(({ kind, servesRequests }) => kind === "backing-service" && servesRequests).map(
      ({ name }) => name,
    ),
  ).toEqual([nginx.name]));
