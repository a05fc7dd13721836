import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse } from "yaml";
import { HOST_FILES, readHostTexts } from "../../host/files";
import {
  DATA_VOLUME_PLACEHOLDER,
  type HostSettings,
  USER_DATA_LIMIT,
  userData,
  withoutComments,
} from "../../host/user-data";
import { ROOT } from "../support/guestbook";

const host: HostSettings = {
  name: "guestbook",
  region: "eu-central-1",
  swap: 2048,
  hostKeyParameter: "/guestbook/host-key",
  deployKey: "ssh-ed25519 AAAAkey a comment",
  rebootTime: "03:30",
};

interface WrittenFile {
  readonly path: string;
  readonly permissions: string;
  readonly content: string;
}

const texts = readHostTexts(ROOT);
const filesOf = (text: string): WrittenFile[] => (parse(text) as { write_files: WrittenFile[] }).write_files;

it("carries every file of assets/host, programs without their comments and else byte for byte", () => {
  const folder = join(ROOT, "assets", "host");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = sources.filter((path) => statSync(join(folder, path)).isFile());
  expect(HOST_FILES.map(({ source }) => source).sort()).toEqual(files.sort());
  const written = new Map(filesOf(userData(host, texts)).map(({ path, content }) => [path, content]));
  for (const { source, path } of HOST_FILES) {
    const text = texts[source] ?? "";
    expect(written.get(path)).toBe(source.startsWith("etc/") ? text : withoutComments(text));
  }
});

it("leaves comments away, and nothing else: a program's first line, a sign in a line, an empty line", () =>
  expect(withoutComments("#!/bin/sh\n# a\n  # b\necho '#c' # d\n\n\t#\necho ${#e}\n")).toBe(
    "#!/bin/sh\necho '#c' # d\n\necho ${#e}\n",
  ));

it("no program has a text of several lines with such a line: bash and Python read the same without it", () => {
  for (const { source } of HOST_FILES.filter((file) => !file.source.startsWith("etc/"))) {
    const text = texts[source] ?? "";
    if (text.startsWith("#!/usr/bin/env -S python3")) {
      const tree = (input: string): string =>
        execFileSync("python3", ["-c", "import ast, sys; print(ast.dump(ast.parse(sys.stdin.read())))"], {
          input,
          encoding: "utf8",
        });
      expect(tree(withoutComments(text))).toBe(tree(text));
    } else {
      // As bash prints it there are no comments; here-documents are as they stand.
      const printed = (input: string): string =>
        execFileSync("bash", ["--pretty-print"], { input, encoding: "utf8" }).replace(/^\s*\n/gm, "");
      expect(printed(withoutComments(text))).toBe(printed(text));
    }
  }
});

it("writes prepare-host last: it runs only beside all that it needs", () =>
  expect(filesOf(userData(host, texts)).at(-1)).toMatchObject({
    path: "/var/lib/cloud/scripts/per-boot/prepare-host",
    permissions: "0755",
  }));

it("tells the host what it is; the volume's id is Terraform's to fill in", () =>
  expect(filesOf(userData(host, texts))[0]).toEqual({
    path: "/etc/django-deployment/host.env",
    permissions: "0644",
    content: [
      "NAME=guestbook",
      "REGION=eu-central-1",
      `DATA_VOLUME_ID=${DATA_VOLUME_PLACEHOLDER}`,
      "SWAP_MIB=2048",
      "HOST_KEY_PARAMETER=/guestbook/host-key",
      "REBOOT_TIME=03:30",
      "",
    ].join("\n"),
  }));

it("tells the host which key gets verbs only", () =>
  expect(filesOf(userData(host, texts))[1]).toEqual({
    path: "/etc/django-deployment/deploy-key.pub",
    permissions: "0644",
    content: "ssh-ed25519 AAAAkey a comment\n",
  }));

it("names other endpoints only when there are some", () => {
  const [settings] = filesOf(userData({ ...host, ssmEndpoint: "http://192.0.2.1:8080" }, texts));
  expect(settings?.content).toContain("SSM_ENDPOINT=http://192.0.2.1:8080\n");
});

it("has the placeholder once, so that filling it in touches nothing else", () =>
  expect(userData(host, texts).split(DATA_VOLUME_PLACEHOLDER)).toHaveLength(2));

it("fits into EC2's limit when it is gzipped, with a sixth to spare", () =>
  expect(gzipSync(userData(host, texts)).length).toBeLessThan(USER_DATA_LIMIT * (5 / 6)));

it.each(["$(reboot)", "a b", "`id`", 'a"b', "a\nb", ""])("refuses %j as a name", (name) =>
  expect(() => userData({ ...host, name }, texts)).toThrow(/^NAME of the host is .*; expected letters/),
);

it("says which file is missing", () =>
  expect(() => userData(host, { ...texts, firewall: undefined as unknown as string })).toThrow(
    "assets/host/firewall is missing; restore it: git checkout -- assets/host",
  ));

it("keeps bash's own opinion of the scripts: they parse", () => {
  for (const source of ["prepare-host", "firewall"])
    execFileSync("bash", ["-n", join(ROOT, "assets", "host", source)]);
});
