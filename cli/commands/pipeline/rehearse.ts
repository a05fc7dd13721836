import { join } from "node:path";
import { DeploymentError } from "../../../config/errors";
import type { DeploymentInput } from "../../../config/schema";
import { faultsOf } from "../../../rehearsal/faults/faults";
import { Rehearsal } from "../../../rehearsal/rehearsal";
import { closing } from "../../../rehearsal/report";
import { run } from "../../computer/process";
import { machineProblems } from "../../problems";
import { Interrupt } from "../../session/interrupt";
import { write } from "../../session/progress";

export interface RehearseOptions {
  /** Names of the faults that are injected, with commas between them. @default nothing */
  readonly fault?: string;
  /** The report as JSON on standard output, and the steps on standard error. @default false */
  readonly json?: boolean;
}

/**
 * Rehearses the whole pipeline on this machine.
 *
 * @param input `deployment.ts`, not checked yet
 * @param root folder of `deployment.ts`; absolute
 * @returns the exit status
 * @throws {@link DeploymentError} when there is no such fault, or a program that it needs can't be had
 */
export async function rehearse(
  input: DeploymentInput,
  root: string,
  { fault, json = false }: RehearseOptions,
): Promise<number> {
  const faults = fault === undefined ? [] : faultsOf(fault);
  const programs = { moto: await programsOf(root, "moto"), awscli: await programsOf(root, "awscli") };
  const interrupt = new Interrupt();
  interrupt.listen((again) => {
    if (!again) process.stderr.write("\nStopping: what was made is removed first.\n");
  });
  const say = (line: string): void => void (json ? process.stderr : process.stdout).write(`${line}\n`);
  const report = await new Rehearsal({ input, root, programs, faults, interrupt, say }).run();
  write(json ? JSON.stringify(report, undefined, 2) : closing(report));
  if (report.ok) return 0;
  // What was waited for when it failed must not keep this process.
  process.exit(interrupt.requested ? 130 : 1);
}

/** Folder of programs from PyPI. */
async function programsOf(root: string, name: "moto" | "awscli"): Promise<string> {
  const { status, stdout, stderr } = await run(join(root, "tools", "python-programs"), [name]);
  if (status !== 0) throw new DeploymentError([machineProblems.noPrograms(name, stderr.trim().split("\n"))]);
  return stdout.trim();
}
