// The same as ours.ts with a machine on AWS: all five stacks.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadDeployment } from "../../config/load";
import { addHostStacks } from "../../synth/add-host-stacks";
import { synthesize } from "../../synth/synthesize";

const root = resolve(".");
// Public halves are all that a synth reads; nobody has the private ones.
const folder = join(".deployment", "bench", "ssh");
mkdirSync(join(root, folder), { recursive: true });
const sshKeys = { deploy: join(folder, "deploy"), host: join(folder, "host") };
for (const file of Object.values(sshKeys))
  writeFileSync(join(root, `${file}.pub`), "ssh-ed25519 AAAAbench\n");

const input = { project: { folder: "examples/guestbook" }, host: { region: "eu-central-1", sshKeys } };
synthesize({ ...loadDeployment(input, root), hostStacks: addHostStacks, root });
