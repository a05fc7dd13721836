import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hostKeyParameter } from "../constructs/aws/host-key";
import { CLOUD_INIT } from "../constructs/files";
import { readHostTexts } from "../host/files";
import { userData } from "../host/user-data";
import { HostStack } from "../stacks/host";
import { HostDataStack } from "../stacks/host-data";
import { deployFolder } from "./repository/deploy-folder";
import type { HostStacks } from "./host-stacks";
import { writeFolder } from "./repository/written-files";

/** The files that go with each release; relative to the folder that cdktf writes. */
const DEPLOY_FOLDER = join("host", "deploy");

/** When an upgrade may restart the machine, UTC: after the nightly snapshot (constructs/aws/snapshots.ts). */
const REBOOT_TIME = "04:30";

/** Adds the two stacks of a host, and writes its first boot where Terraform reads it. */
export const addHostStacks: HostStacks = (app, { deployment, projectFiles, files, root }) => {
  const { host, name } = deployment;
  if (!host) return undefined;
  const cloudInit = join(app.outdir, CLOUD_INIT);
  mkdirSync(dirname(cloudInit), { recursive: true });
  const settings = {
    name,
    region: host.region,
    swap: host.budget.swap,
    hostKeyParameter: hostKeyParameter(name),
    deployKey: host.keys.deploy.publicKey,
    rebootTime: REBOOT_TIME,
  };
  writeFileSync(cloudInit, userData(settings, readHostTexts(root)));
  writeFolder(deployFolder({ deployment, projectFiles, root }), join(app.outdir, DEPLOY_FOLDER));

  const props = { deployment, host, files };
  const data = new HostDataStack(app, "host-data", props);
  const machine = new HostStack(app, "host", { ...props, data });
  machine.addDependency(data);
  return { data, machine };
};
