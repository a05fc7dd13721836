import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Files by which a step tells the runner something (docs.github.com, "Workflow commands", environment files). */
const FILES = ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"] as const;

/** What a step has told. */
export interface Told {
  /** Variables for the steps after it. */
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** Folders for PATH. */
  readonly path: readonly string[];
  /** Markdown for the run's page. */
  readonly summary: string;
}

/** The files of one step. */
export class FileCommands {
  public constructor(private readonly folder: string) {
    for (const name of FILES) writeFileSync(this.file(name), "");
  }

  /** Variables that name them. */
  public get environment(): Record<string, string> {
    return Object.fromEntries(FILES.map((name) => [name, this.file(name)]));
  }

  /** What was written; they are gone then. @throws when it has another form than GitHub wants */
  public read(): Told {
    const text = (name: (typeof FILES)[number]): string => readFileSync(this.file(name), "utf8");
    const told = {
      env: assignments(text("GITHUB_ENV")),
      outputs: assignments(text("GITHUB_OUTPUT")),
      path: text("GITHUB_PATH")
        .split("\n")
        .filter((line) => line !== ""),
      summary: text("GITHUB_STEP_SUMMARY"),
    };
    for (const name of FILES) rmSync(this.file(name));
    return told;
  }

  private file(name: string): string {
    return join(this.folder, name.toLowerCase());
  }
}

/** `NAME=value` on a line, or `NAME<<END`, lines, `END`. */
export function assignments(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line === "") continue;
    const [, name, operator, rest = ""] = /^([^=<]+)(=|<<)(.*)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`GitHub would refuse this line of an environment file: ${line}`);
    if (operator === "=") {
      found[name] = rest;
      continue;
    }
    const end = lines.indexOf(rest, at + 1);
    if (end < 0) throw new Error(`GitHub would refuse this environment file: "${rest}" never comes`);
    found[name] = lines.slice(at + 1, end).join("\n");
    at = end;
  }
  return found;
}
