import { randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { filesBelow } from "../support/synthesis";
import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";

/** Found wherever a part of the secret is, however the characters around it were escaped. */
const CORE = `planted${randomBytes(12).toString("hex")}`;

/** Every character that some step between a file and a process is known to break. */
const SECRET = `${CORE}-$HOME\${HOME}$$-"double"-'single'-\\back\\\\slash-\`id\`-#hash =equals-%s%{x}-é日本💐-\nsecond line`;

/** The same in a file: in double quotes, where only `\` and `"` must be escaped. */
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&")}"`;

let clone: Clone;
let secrets: string[] = [];
const seenInArguments = new Set<string>();

beforeAll(async () => {
  clone = await Clone.create("secrets");
  clone.write(
    "examples/guestbook/.env",
    [
      `PLANTED=${quoted(SECRET)}`,
      `UNQUOTED=${CORE}$x"y'z\\w\`v#u=t é`,
      `SINGLE='${CORE} "$x" \`y\` \\n'`,
      "",
    ].join("\n"),
  );
  const running = clone.startMake("up");
  const watch = setInterval(() => argumentsWith(CORE).forEach((found) => seenInArguments.add(found)), 100);
  const outcome = await running.done;
  clearInterval(watch);
  expect([outcome.status, outcome.output]).toEqual([0, expect.not.stringContaining(CORE)]);
  // Those that were made inside Docker are secrets too.
  const { Id } = await clone.container("web");
  const made = ["database_password", "django_secret_key"].map((name) =>
    clone.docker.run(["exec", Id, "cat", `/run/secrets/${name}`]),
  );
  secrets = [CORE, ...(await Promise.all(made)).map((secret) => secret.trim())];
}, 6 * MINUTE);

/** Arguments of all processes on this machine that hold a text. */
function argumentsWith(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return line.includes(text) ? [line.replaceAll("\0", " ")] : [];
      } catch {
        return [];
      }
    });
}

/** A text as it may be hidden: plain, in the three alignments of base64, in hexadecimal. */
function formsOf(secret: string): Buffer[] {
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.from("x".repeat(offset) + secret).toString("base64");
    // The first and last groups hold bits of what is around it.
    return text.slice(offset === 0 ? 0 : 4, -8);
  });
  return [secret, ...base64, Buffer.from(secret).toString("hex")].map((form) => Buffer.from(form));
}

function isIn(bytes: Buffer): boolean {
  return secrets.some((secret) => formsOf(secret).some((form) => bytes.includes(form)));
}

it("the search finds what is hidden in other ways", () => {
  const [secret = ""] = secrets;
  expect(isIn(Buffer.from(`before ${Buffer.from(`ab${secret}cd`).toString("base64")} after`))).toBe(true);
  expect(isIn(Buffer.from(`before "${secret}" after`))).toBe(true);
  expect(isIn(Buffer.from("nothing here"))).toBe(false);
});

it("a secret with every awkward character arrives in gunicorn's environment byte for byte", async () => {
  const { State } = await clone.container("web");
  // Children of Docker's small first process: gunicorn, and for a while the look for missing files.
  const children = readFileSync(`/proc/${State.Pid}/task/${State.Pid}/children`, "utf8").trim().split(" ");
  const gunicorn = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("gunicorn"));
  const lines = readFileSync(`/proc/${gunicorn}/environ`, "utf8").split("\0");
  const environment = new Map(lines.map((line) => line.split(/=(.*)/s, 2) as [string, string]));
  expect(environment.get("PLANTED")).toBe(SECRET);
  expect(environment.get("UNQUOTED")).toBe(`${CORE}$x"y'z\\w\`v#u=t é`);
  expect(environment.get("SINGLE")).toBe(`${CORE} "$x" \`y\` \\n`);
  expect(environment.get("DATABASE_PASSWORD")).toBe(secrets[1]);
  expect(environment.get("SECRET_KEY")).toBe(secrets[2]);
});

describe("no secret is", () => {
  it("in cdktf.out, in a state, in a log or in anything else that the commands keep", () => {
    for (const folder of ["cdktf.out", ".deployment"]) {
      const files = filesBelow(join(clone.folder, folder));
      expect(files.size).toBeGreaterThan(3);
      expect([...files].filter(([, bytes]) => isIn(bytes)).map(([path]) => path)).toEqual([]);
    }
  });

  it("in a plan that changes the secret, nor in what Terraform shows of it", async () => {
    clone.write("examples/guestbook/.env", `PLANTED=${CORE}-another\n`);
    await clone.mustMake("synth");
    const plan = [
      'eval "$(tools/environment)"; terraform=${TERRAFORM_BINARY_NAME:-terraform}; cd cdktf.out/stacks/local-database',
      "$terraform init -no-color -input=false >/dev/null && $terraform plan -no-color -input=false -out=plan && $terraform show -json plan",
      "python3 -c 'import sys, zipfile; z = zipfile.ZipFile(\"plan\"); [sys.stdout.buffer.write(z.read(n)) for n in z.namelist()]'",
    ].join("\n");
    const { status, output } = await clone.shell(plan);
    expect(status).toBe(0);
    expect(output).toMatch(/docker_container.secrets.*must be replaced/);
    expect(isIn(Buffer.from(output))).toBe(false);
  });

  it("in docker inspect of any container, image or volume, nor in a container's log", async () => {
    const { docker, name } = clone;
    const containers = await clone.containers();
    const inspected = await docker.run([
      "inspect",
      ...containers.flatMap(({ Id, Image }) => [Id, Image]),
      ...(await docker.volumes(name)),
    ]);
    expect(inspected).toContain("DATABASE_PASSWORD_FILE");
    expect(isIn(Buffer.from(inspected))).toBe(false);
    for (const { Id } of containers)
      expect(isIn(Buffer.from((await docker.try(["logs", Id])).output))).toBe(false);
  });

  it(
    "in the layers or the history of the image",
    async () => {
      const { Image } = await clone.container("web");
      expect(isIn(Buffer.from(await clone.docker.run(["history", "--no-trunc", Image])))).toBe(false);
      const { found, bytes } = await searchImage(Image);
      expect(bytes).toBeGreaterThan(50_000_000);
      expect(found).toEqual([]);
    },
    3 * MINUTE,
  );

  it("in the arguments of a process, now or while make up ran", () => {
    expect([...seenInArguments]).toEqual([]);
    expect(secrets.flatMap((secret) => argumentsWith(secret))).toEqual([]);
  });
});

/** Reads all layers of an image, which are in the stream as they are. */
async function searchImage(image: string): Promise<{ found: string[]; bytes: number }> {
  const forms = secrets.flatMap((secret) => formsOf(secret));
  const longest = Math.max(...forms.map((form) => form.length));
  return new Promise((resolve, reject) => {
    const child = spawn("docker", ["save", image], { stdio: ["ignore", "pipe", "inherit"] });
    const found = new Set<string>();
    let [tail, bytes] = [Buffer.alloc(0), 0];
    child.stdout.on("data", (chunk: Buffer) => {
      const window = Buffer.concat([tail, chunk]);
      for (const form of forms) if (window.includes(form)) found.add(form.toString());
      tail = window.subarray(-longest);
      bytes += chunk.length;
    });
    child.on("error", reject);
    child.on("close", () => resolve({ found: [...found], bytes }));
  });
}
