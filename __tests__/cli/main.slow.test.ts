import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

/** What "synth" reads. */
const PROGRAM = [
  ...["application", "assets", "cli", "config", "constructs", "examples", "host", "pipeline"],
  ...[
    "rehearsal",
    "stacks",
    "synth",
    "tools",
    "main.ts",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
  ],
];

it("ends when the command has done its work, though deployment.ts has left a timer", () => {
  const clone = mkdtempSync(join(tmpdir(), "main-"));
  try {
    for (const path of PROGRAM) cpSync(join(ROOT, path), join(clone, path), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
    writeFileSync(
      join(clone, "deployment.ts"),
      'setInterval(() => 0, 1000);\nexport default { name: "hangs", project: { folder: "examples/guestbook" } };\n',
    );

    const { signal, status, stdout, stderr } = spawnSync(
      "node",
      ["tools/bundle.mjs", "cli/main.ts", "synth"],
      {
        cwd: clone,
        encoding: "utf8",
        timeout: 90_000,
        killSignal: "SIGKILL",
      },
    );

    expect({ signal, status, stderr }).toEqual({ signal: null, status: 0, stderr: "" });
    expect(stdout).toContain("are written");
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}, 120_000);

it("tells how a command is typed, and no mistake in deployment.ts", () => {
  const args = ["tools/bundle.mjs", "cli/main.ts", "up", "--help"];
  const { status, stdout, stderr } = spawnSync("node", args, {
    cwd: ROOT,
    encoding: "utf8",
    timeout: 90_000,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("--destroy-volume");
}, 120_000);
