import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeProjects } from "../../support/project";
import { Runner, type ScriptOutcome } from "../../support/runner";
import { SshServer } from "../../support/ssh-server";
import { temporaryFolder } from "../../support/synthesis";

let server: SshServer;
let plain = "";
beforeAll(async () => {
  server = await SshServer.start();
  plain = readFileSync(server.authorizedKeys, "utf8");
}, 300_000);
afterAll(() => server.stop());
afterEach(() => {
  removeProjects();
  writeFileSync(server.authorizedKeys, plain);
});

/** A runner whose host is this machine, where nobody need become root. */
class Restriction extends Runner {
  private readonly library = temporaryFolder();

  public restrict(...words: readonly string[]): ScriptOutcome {
    expect(this.run("ssh-setup", [], server.secrets)).toMatchObject({ status: 0 });
    return this.run("restrict-key", words, {
      PUBLIC_KEY: plain.trim(),
      AUTHORIZED_KEYS: server.authorizedKeys,
      HOST_LIBRARY: this.library,
      HOST_SUDO: "env",
      TRY: "20",
    });
  }

  /** The line of the key that does verbs only. */
  public get line(): string {
    return `restrict,pty,command="${this.library}/door --forced" ${plain.trim()}\n`;
  }
}

const keys = (): string => readFileSync(server.authorizedKeys, "utf8");

test("the key does verbs only, once another one opens a shell; a second time nothing changes", () => {
  const other = "# mine\nssh-ed25519 AAAAC3mine me@example.org\n";
  writeFileSync(server.authorizedKeys, `${plain}${other}`);
  const runner = new Restriction();
  expect(runner.restrict()).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("the deploy key does verbs only from now on\n") as string,
  });
  expect(keys()).toBe(`${runner.line}${other}`);
  expect(runner.restrict().stdout).toContain("the deploy key is restricted already\n");
  expect(keys()).toBe(`${runner.line}${other}`);
});

test("the last key that opens a shell stays, unless the owner says that there is another way", () => {
  const runner = new Restriction();
  const { status, stderr } = runner.restrict();
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining("error: the deploy key is the only one that opens a shell on the host") as string,
  ]);
  expect(keys()).toBe(plain);
  expect(runner.restrict("--session-manager").status).toBe(0);
  expect(keys()).toBe(runner.line);
});

test("the file is put back when the key does not do its verbs then", () => {
  const runner = new Restriction();
  const door = join(runner.project, "deploy", "runner", "door");
  writeFileSync(door, '#!/bin/sh\n[ "$1" != --forced ]\n');
  const { status, stderr } = runner.restrict("--session-manager");
  expect(status).toBe(1);
  expect(stderr).toContain("the deploy key was not restricted");
  expect(keys()).toBe(plain);
});
