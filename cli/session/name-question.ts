import { createInterface } from "node:readline/promises";
import { DeploymentError } from "../../config/errors";
import { machineProblems } from "../problems";
import { write } from "./progress";

/**
 * Has the user type the deployment's name before something is destroyed, or stops for a moment.
 *
 * @param command target of `make`, and its options: `up --destroy-volume shop-media`
 * @param typed the name as an option; stands for the question
 * @param explanation what will be lost or changed
 * @throws {@link DeploymentError} when it is another name, or there is nobody to ask
 */
export async function askForName(
  command: string,
  name: string,
  typed: string | undefined,
  explanation: readonly string[],
  question = "Type its name to delete it: ",
): Promise<void> {
  explanation.forEach(write);
  const answer = typed ?? (await ask(command, name, question));
  if (answer !== name) throw new DeploymentError([machineProblems.wrongName(answer, name)]);
}

async function ask(command: string, name: string, question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    const [target = "", ...options] = command.split(" ");
    const args = [...options, "--name", name].join(" ");
    throw new DeploymentError([machineProblems.nobodyToAsk(target, args)]);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}
