// usage: node tools/bundle.mjs bench/programs/stand.ts ROOT PORT up|remove
//
// The commands of cli/, on the deployment that is measured. A program of its own, since each command takes the lock
// of its folder until the program ends.
import { destroyData } from "../../cli/commands/local/destroy-data";
import { up } from "../../cli/commands/local/up";
import { openWorkspace } from "../../cli/workspace/workspace";
import { STAND, standInput } from "../stand-input";

async function main([root = "", port = "", command = ""]: readonly string[]): Promise<void> {
  const workspace = await openWorkspace(standInput(Number(port)), root, command);
  await (command === "up" ? up(workspace) : destroyData(workspace, { name: STAND }));
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
