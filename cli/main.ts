import { resolve } from "node:path";
import { Command } from "commander";
import { DeploymentError } from "../config/errors";
import input from "../deployment";
import { up } from "./commands/up";
import { InterruptedError } from "./interrupt";
import { TerraformError } from "./terraform-stack";
import { type Workspace, openWorkspace } from "./workspace";

// Commands run in the program's own folder, as cdktf does.
const root = resolve(".");

const program = new Command("cli").description("Deploys the application that deployment.ts describes.");

program.command("up").description("deploy; what is there already stays as it is").action(command("up", up));

/** Runs a command on the workspace, and says what went wrong in the way that suits it. */
function command(name: string, action: (workspace: Workspace) => Promise<void>): () => Promise<void> {
  return async () => {
    try {
      const workspace = openWorkspace(input, root, name);
      workspace.interrupt.listen((again) => {
        process.stderr.write(again ? "\nStill stopping; please wait.\n" : "\nStopping; please wait.\n");
      });
      await action(workspace);
    } catch (error) {
      process.exitCode = 1;
      process.stderr.write(`\n${describe(error)}\n`);
    }
  };
}

function describe(error: unknown): string {
  if (error instanceof InterruptedError) return 'Stopped. What was done stays; "make up" carries on from here.';
  if (error instanceof DeploymentError || error instanceof TerraformError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

void program.parseAsync();
