import { execFile, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import fc from "fast-check";
import { repetitions } from "../support/repetitions";

const ROOT = resolve(__dirname, "../..");

/** Says what the deployment is, as the commands read it. */
const MAIN = 'import input from "./deployment";\nprocess.stdout.write(JSON.stringify(input) + "\\n");\n';
const CONFIG = "export function defineDeployment<T>(input: T): T {\n  return input;\n}\n";

let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "bundle-"));
  for (const file of ["tools/bundle.mjs", "tools/lib/bundle-build.mjs", "tools/lib/bundle-mistakes.mjs"]) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(clone, file));
  }
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
  write("main.ts", MAIN);
  write("config/index.ts", CONFIG);
  write("package-lock.json", "{}");
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(clone, file)), { recursive: true });
  writeFileSync(join(clone, file), text);
}

function deployment(text: string): void {
  write("deployment.ts", text);
}

function run(): { status: number | null; stdout: string; stderr: string } {
  return spawnSync("node", ["tools/bundle.mjs", "main.ts"], { cwd: clone, encoding: "utf8" });
}

describe("a file that is edited while the bundle is made", () => {
  /** A program of esbuild's place: it edits the file once esbuild has read it, and before the bundle is kept. */
  function editedMeanwhile(file: string, text: string): void {
    rmSync(join(clone, "node_modules"));
    const real = join(ROOT, "node_modules/esbuild/lib/main.js");
    write(
      "node_modules/esbuild/index.js",
      `const { writeFileSync } = require("node:fs");
exports.build = async (options) => {
  const result = await require(${JSON.stringify(real)}).build(options);
  writeFileSync(${JSON.stringify(join(clone, file))}, ${JSON.stringify(text)});
  return result;
};`,
    );
    write("node_modules/esbuild/package.json", '{ "name": "esbuild", "main": "index.js" }');
  }

  it.each([
    ["deployment.ts", "export default { version: 1 };\n", "export default { version: 22 };\n"],
    // Of the same length, and often within the same tick of the file system's clock.
    ["deployment.ts", "export default { version: 1 };\n", "export default { version: 2 };\n"],
    ["sizes.ts", "export const version = 1;\n", "export const version = 2;\n"],
    ["sizes.json", '{ "version": 1 }', '{ "version": 2 }'],
  ])("is read again by the next run: %s", (file, before, after) => {
    if (file === "deployment.ts") deployment(before);
    else {
      write(file, before);
      deployment(
        file.endsWith("json")
          ? 'import sizes from "./sizes.json";\nexport default { ...sizes };\n'
          : 'import { version } from "./sizes";\nexport default { version };\n',
      );
    }
    editedMeanwhile(file, after);

    expect(run().stdout).toBe('{"version":1}\n');
    expect(JSON.parse(run().stdout)).toEqual(after.includes("22") ? { version: 22 } : { version: 2 });
  });

  it("is read again though an editor puts its time back", () => {
    deployment("export default { version: 1 };\n");
    const time = new Date(1_700_000_000_000);
    utimesSync(join(clone, "deployment.ts"), time, time);
    expect(run().stdout).toBe('{"version":1}\n');

    deployment("export default { version: 2 };\n");
    utimesSync(join(clone, "deployment.ts"), time, time);

    expect(run().stdout).toBe('{"version":2}\n');
  });

  it("is never served stale, however the edits and the runs follow each other", async () => {
    const texts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 0, max: 400 }), async (versions, pause) => {
        const runs: Promise<unknown>[] = [];
        for (const version of versions) {
          deployment(`export default { version: ${version} };\n`);
          runs.push(
            new Promise((done) => execFile("node", ["tools/bundle.mjs", "main.ts"], { cwd: clone }, done)),
          );
          await new Promise((done) => setTimeout(done, pause));
        }
        await Promise.all(runs);
        expect(JSON.parse(run().stdout)).toEqual({ version: versions.at(-1) });
      }),
      { numRuns: repetitions(4) },
    );
  }, 60_000);
});

describe("a bundle that is made of the files as they are", () => {
  it("is not made again", () => {
    deployment("export default { version: 1 };\n");
    run();
    rmSync(join(clone, "node_modules"));

    expect(run()).toMatchObject({ status: 0, stdout: '{"version":1}\n' });
  });

  it("is made again when it is not the one that its fingerprints tell of", () => {
    deployment("export default { version: 1 };\n");
    run();
    write(".deployment/bundle/main.cjs", 'console.log("of another run");');

    expect(run().stdout).toBe('{"version":1}\n');
  });
});

describe("a program that uses cdktf", () => {
  function printed(program: string): string {
    write("main.ts", program);
    const { stdout, stderr } = run();
    expect(stderr).toBe("");
    return stdout;
  }

  it("takes no stack for a token, which would slow every synth", () => {
    expect(
      printed(`import { Lazy, Tokenization } from "cdktf";
const token = Lazy.stringValue({ produce: () => "a" });
const stacks = Tokenization.reverseString(token).tokens.map(({ creationStack }) => creationStack);
process.stdout.write(JSON.stringify(stacks));`),
    ).toBe("[[]]");
  });

  it("has no archiver in it, which would be a third of the bundle", () => {
    printed('import { App } from "cdktf";\nnew App({ outdir: "out" });\n');

    expect(readFileSync(join(clone, ".deployment/bundle/main.cjs"), "utf8")).not.toContain("CRC32Stream");
  });

  it("has classes with the names that messages show", () => {
    expect(
      printed(`import { App } from "cdktf";
class HostedStack {}
process.stdout.write([App, HostedStack].map(({ name }) => name).join(" "));`),
    ).toMatch(/^_?App HostedStack$/);
  });
});

describe("a mistake in deployment.ts", () => {
  const START = 'import { defineDeployment } from "./config";\n\n';

  it.each([
    [
      "a missing comma",
      `${START}export default defineDeployment({\n  project: { folder: "a" }\n  web: {},\n});\n`,
      [
        '✗ deployment.ts, line 5 is wrong: Expected "}" but found "web"',
        "to do:    correct this line, or the end of the line before it",
        "| 5 │   web: {},",
      ],
    ],
    [
      "a bracket that is never closed",
      `${START}export default defineDeployment({ project: { folder: "a" };\n`,
      ["✗ deployment.ts, line 3 is wrong:"],
    ],
    [
      "a quote that is never closed",
      `${START}export default defineDeployment({ name: "a });\n`,
      ["✗ deployment.ts, line 3 is wrong: Unterminated string literal"],
    ],
    [
      "a wrong import",
      'import { defineDeployment } from "./confg";\nexport default defineDeployment({});\n',
      [
        '✗ deployment.ts, line 1 is wrong: Could not resolve "./confg"',
        'to do:    correct it; the deployment needs only this one: import { defineDeployment } from "./config";',
      ],
    ],
    [
      "a package that is not installed",
      'import { nothing } from "left-pad-of-nobody";\nexport default nothing;\n',
      ['✗ deployment.ts, line 1 is wrong: Could not resolve "left-pad-of-nobody"'],
    ],
    [
      "a name that config does not export",
      'import { defineDeploymnt } from "./config";\nexport default defineDeploymnt({});\n',
      [
        '✗ deployment.ts, line 1 is wrong: No matching export in "config/index.ts" for import "defineDeploymnt"',
        "expected: defineDeployment",
      ],
    ],
    [
      "no default export",
      `${START}export const deployment = defineDeployment({});\n`,
      [
        "✗ deployment.ts is without a default export",
        "to do:    write for example export default defineDeployment(",
      ],
    ],
    [
      "a key that is there twice",
      `${START}export default defineDeployment({\n  web: { threads: 2 },\n  web: { workers: 1 },\n});\n`,
      ['✗ deployment.ts, line 5 is wrong: Duplicate key "web" in object literal', "expected: each key once"],
    ],
    [
      "a throw",
      `${START}const port = (undefined as unknown as { port: number }).port;\nexport default defineDeployment({ local: { port } });\n`,
      [
        "✗ deployment.ts, line 3 is a program that fails: TypeError: Cannot read properties of undefined",
        "| 3 │ const port = ",
      ],
    ],
    [
      "a name that is not defined",
      `${START}export default defineDeployment({ name: mysite });\n`,
      ["✗ deployment.ts, line 3 is a program that fails: ReferenceError: mysite is not defined"],
    ],
    [
      "a call of what is no function",
      `${START}const name = "a" as never;\nexport default defineDeployment({ a: (name as () => string)() });\n`,
      ["✗ deployment.ts, line 4 is a program that fails: TypeError:"],
    ],
    [
      "a file that is not there",
      `import { readFileSync } from "node:fs";\nexport default { name: readFileSync("nowhere", "utf8") };\n`,
      ["✗ deployment.ts, line 2 is a program that fails: Error: ENOENT"],
    ],
    ["a thrown text", 'throw "no";\nexport default {};\n', ["✗ deployment.ts is a program that fails: no"]],
    [
      "a promise that fails",
      'void Promise.reject(new Error("later"));\nexport default {};\n',
      ["✗ deployment.ts, line 1 is a program that fails: Error: later"],
    ],
    [
      "recursion without end",
      "function again(): number {\n  return again() + 1;\n}\nexport default { n: again() };\n",
      ["✗ deployment.ts, line 2 is a program that fails: RangeError"],
    ],
    [
      "await at the top",
      "export default await Promise.resolve({});\n",
      ["✗ deployment.ts, line 1 is wrong: it waits (await)", "to do:    take await away"],
    ],
    [
      "an end of the whole program",
      "process.exit();\nexport default {};\n",
      ["✗ deployment.ts is a program that ends all others", "take the call of process.exit away"],
    ],
    ["UTF-16, as PowerShell writes it", "\0e\0x\0p\0o\0r\0t", ["✗ deployment.ts, line 1 is wrong:"]],
  ])("is told with its line: %s", (_what, text, told) => {
    deployment(text);

    const { status, stderr } = run();

    for (const words of told) expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/ at .*bundle|node:internal|esbuild|^ {4}at /m);
    expect(stderr).toMatch(/^ {4}expected: .+$/m);
    expect(stderr).toMatch(/^ {4}to do: {4}.+$/m);
    expect(status).toBe(1);
  });

  it("is not what Node calls outdated in a package", () => {
    deployment('process.emitWarning("old", "DeprecationWarning");\nexport default {};\n');
    expect(run()).toMatchObject({ status: 0, stderr: "" });
  });

  it("is told when the file is missing, though several files import it", () => {
    write("main.ts", `${MAIN}import "./cli/other";\n`);
    write("cli/other.ts", 'import input from "../deployment";\nconsole.log(input);\n');

    const { status, stderr } = run();

    expect(stderr.match(/✗/g)).toHaveLength(1);
    expect(stderr).toContain("✗ deployment.ts is missing");
    expect(stderr).toContain('import { defineDeployment } from "./config"; export default defineDeployment(');
    expect(status).toBe(1);
  });

  it("is told with the line of the file that it imports", () => {
    write("sizes.ts", "// sizes\nexport const sizes = JSON.parse('{');\n");
    deployment('import { sizes } from "./sizes";\nexport default sizes;\n');

    expect(run().stderr).toContain("✗ sizes.ts, line 2 is a program that fails: SyntaxError");
  });

  it("is told again by a run that bundles nothing", () => {
    deployment("export default { name: mysite };\n");

    expect(run().stderr).toBe(run().stderr);
  });

  it("lets types pass: the schema says what is wrong with values", () => {
    deployment('const port: number = "80";\nexport default { port };\n');

    expect(run()).toMatchObject({ status: 0, stdout: '{"port":"80"}\n' });
  });
});

describe("what is no mistake of the user", () => {
  it("says in one line that the program fails, and keeps the rest in the log", () => {
    deployment("export default {};\n");
    write("main.ts", 'import input from "./deployment";\nthrow new Error(`ours ${typeof input}`);\n');

    const { status, stderr } = run();

    expect(stderr).toContain("✗ Error: ours object\n");
    expect(stderr).toContain("see .deployment/log/program-error.log");
    expect(stderr).not.toContain(" at ");
    expect(readFileSync(join(clone, ".deployment/log/program-error.log"), "utf8")).toContain("at main.ts:2");
    expect(status).toBe(1);
  });

  it("says that packages are missing", () => {
    deployment("export default {};\n");
    rmSync(join(clone, "node_modules"));

    expect(run()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("to do:    type tools/packages, which installs them") as string,
    });
  });

  it("says that the clone can't be written", () => {
    deployment("export default {};\n");
    write(".deployment", "a file where a folder should be");

    const { status, stderr } = run();

    expect(stderr).toMatch(/^✗ \.deployment\S* is /m);
    expect(stderr).not.toContain(" at ");
    expect(status).toBe(1);
  });

  it.each([
    ["EROFS", "not to be written (EROFS)"],
    ["ENOSPC", "on a full disk (ENOSPC)"],
    ["EACCES", "not to be written (EACCES)"],
  ])("says what %s means", (code, words) => {
    deployment("export default {};\n");
    // Root may write anything, so the file system's word is put into the program's mouth.
    const preload = join(clone, "preload.cjs");
    writeFileSync(
      preload,
      `const fs = require("node:fs");
fs.mkdirSync = (path) => { throw Object.assign(new Error("${code}: no"), { code: "${code}", syscall: "mkdir", path }); };
require("node:module").syncBuiltinESMExports();`,
    );
    const { status, stderr } = spawnSync("node", ["--require", preload, "tools/bundle.mjs", "main.ts"], {
      cwd: clone,
      encoding: "utf8",
    });

    expect(stderr).toContain(words);
    expect(stderr).not.toContain(" at ");
    expect(status).toBe(1);
  });
});
