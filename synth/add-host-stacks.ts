import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { applicationOf } from "../application/model";
import { onHost } from "../application/on-host";
import { stackOf } from "../application/stack-file";
import { hostKeyParameter } from "../constructs/aws/host-key";
import { CLOUD_INIT } from "../constructs/files";
import { readHostTexts } from "../host/files";
import { userData } from "../host/user-data";
import { HostStack } from "../stacks/host";
import { HostDataStack } from "../stacks/host-data";
import type { HostStacks } from "./host-stacks";

/** What runs on the host, in Swarm's dialect; relative to the folder that cdktf writes. */
const STACK_FILE = join("host", "stack.yaml");
const HEADER =
  '# Made from deployment.ts by "make synth": docker stack deploy --compose-file stack.yaml NAME\n';

/** When an upgrade may restart the machine, UTC: after the nightly snapshot (constructs/aws/snapshots.ts). */
const REBOOT_TIME = "04:30";

/** Adds the two stacks of a host, and writes its first boot where Terraform reads it. */
export const addHostStacks: HostStacks = (app, { deployment, files, contextHash, root }) => {
  const { host, name } = deployment;
  if (!host) return undefined;
  const cloudInit = join(app.outdir, CLOUD_INIT);
  mkdirSync(dirname(cloudInit), { recursive: true });
  const settings = {
    name,
    region: host.region,
    swap: host.budget.swap,
    hostKeyParameter: hostKeyParameter(name),
    rebootTime: REBOOT_TIME,
  };
  writeFileSync(cloudInit, userData(settings, readHostTexts(root)));
  const application = applicationOf(onHost(deployment, host));
  writeFileSync(
    join(app.outdir, STACK_FILE),
    `${HEADER}${stringify(stackOf(application, contextHash), { lineWidth: 0, version: "1.1" })}`,
  );

  const props = { deployment, host, files };
  const data = new HostDataStack(app, "host-data", props);
  const machine = new HostStack(app, "host", { ...props, data });
  machine.addDependency(data);
  return { data, machine };
};
