import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pinnedImages } from "../../../cli/preflight/base-images";
import { versionsOf } from "../../../cli/commands/local/env";
import { readMachine, terraformVariables } from "../../../cli/computer/machine";
import { terraformEnvironment } from "../../../cli/workspace/workspace";
import { guestbook } from "../../support/guestbook";
import { temporaryFolder } from "../../support/synthesis";
import { quote } from "../../../pipeline/runner/shell-word";

describe("what a machine has", () => {
  it("is nothing special where tools/setup had nothing to do", () => {
    const machine = readMachine(temporaryFolder());
    expect(machine).toEqual({});
    expect(terraformEnvironment(machine, {}, undefined)).toEqual({});
  });

  it("is what tools/setup has written", () => {
    const root = temporaryFolder();
    mkdirSync(join(root, ".deployment"));
    writeFileSync(join(root, ".deployment", "machine.json"), '{"terraformBinary":"tofu"}');
    expect(readMachine(root)).toEqual({ terraformBinary: "tofu" });
  });

  it("reaches the stacks as variables", () =>
    expect(terraformVariables({ images: { nginx: "own/nginx:1.26" }, caBundle: "/etc/ca.pem" })).toEqual({
      TF_VAR_nginx_image: "own/nginx:1.26",
      TF_VAR_ca_bundle: "/etc/ca.pem",
    }));

  it("goes before the user's Terraform configuration, which doesn't reach the providers then", () => {
    const machine = { terraformConfig: "mirror.rc" };
    expect(terraformEnvironment(machine, { terraformConfig: "own.rc" }, "ssh://host")).toEqual({
      TF_CLI_CONFIG_FILE: "mirror.rc",
      DOCKER_HOST: "ssh://host",
    });
    expect(terraformEnvironment({}, { terraformConfig: "own.rc" }, undefined)).toEqual({
      TF_CLI_CONFIG_FILE: "own.rc",
    });
  });
});

describe("base images", () => {
  it("of any version will do where none was asked for", () => expect(pinnedImages(guestbook)).toEqual([]));

  it("of a version that was asked for are that very one", () => {
    const project = { ...guestbook.project, python: { version: "3.11", pinned: true } };
    expect(pinnedImages({ ...guestbook, project })).toEqual([
      { base: "python", version: "3.11", reference: "python:3.11-slim" },
    ]);
  });

  it("that were asked for are named to tools/base-images by its variables", () => {
    const database = { ...guestbook.database, image: { version: "10.11", pinned: true } };
    expect(versionsOf({ ...guestbook, database })).toEqual({ MARIADB_VERSION: "10.11" });
  });
});

describe("a word of a shell", () => {
  it.each([
    ["plain", "'plain'"],
    ["two words", "'two words'"],
    ["it's $HOME", `'it'\\''s $HOME'`],
  ])("%s is written %s", (text, word) => expect(quote(text)).toBe(word));
});
