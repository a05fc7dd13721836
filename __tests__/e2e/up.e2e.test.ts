import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/guestbook";
import { lint, lintersFolder } from "../support/repository";
import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { errorsOf, succeeded } from "./support/run";
import { underLoad } from "./support/under-load";

/** A picture of one pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

let clone: Clone;

beforeAll(async () => {
  clone = await Clone.create("up", { bare: true });
}, MINUTE);

/** `make up` where providers that were built on this machine before need not be built again. */
async function up(checkout: Clone = clone): Promise<string> {
  const built = join(ROOT, ".deployment", "providers");
  const env = existsSync(built) ? { DEPLOYMENT_PROVIDERS: built } : {};
  return (await checkout.mustMake("up", { env })).output;
}

describe("make up in a clean clone", () => {
  it(
    "says what it installs before it does, and ends with the address of the application",
    async () => {
      const output = await up();
      expect(output).toContain("==> install the npm packages");
      expect(output.trimEnd().split("\n").at(-1)).toContain(`http://localhost:${clone.ports.web}/`);
    },
    10 * MINUTE,
  );

  it("serves the API through nginx", async () => {
    const { status, headers, body } = await clone.ask("/api/entries/");
    expect([status, headers["server"]]).toEqual([200, "nginx"]);
    expect(JSON.parse(body)).toMatchObject({ count: 0, results: [] });
    expect((await clone.ask("/health/")).status).toBe(200);
  });

  it("stores in MariaDB what is posted, letter by letter", async () => {
    const name = "Ada 💐 \\ ' \" ` $HOME %s";
    expect((await clone.sign(name)).status).toBe(201);
    expect(await clone.sql("SELECT HEX(name), message FROM entries_entry;")).toEqual([
      `${Buffer.from(name).toString("hex").toUpperCase()}\tHello`,
    ]);
  });

  it("serves an uploaded image from nginx, as what it is and nothing else", async () => {
    const boundary = "boundary";
    const field = (disposition: string, value: Buffer): Buffer =>
      Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`),
        value,
        Buffer.from("\r\n"),
      ]);
    const body = Buffer.concat([
      field('name="name"', Buffer.from("Eve")),
      field('name="message"', Buffer.from("with a picture")),
      field('name="image"; filename="dot.png"\r\nContent-Type: image/png', PNG),
      Buffer.from(`--${boundary}--\r\n`),
    ]);
    const headers = { "Content-Type": `multipart/form-data; boundary=${boundary}` };
    const posted = await clone.ask("/api/entries/", { method: "POST", body, headers });
    expect(posted.status).toBe(201);

    const { image } = JSON.parse(posted.body) as { image: string };
    expect(new URL(image).pathname).toMatch(/^\/media\/entries\//);
    const served = await clone.ask(new URL(image).pathname);
    expect(served).toMatchObject({ status: 200, bytes: PNG });
    expect(served.headers).toMatchObject({
      server: "nginx",
      "content-type": "image/png",
      "x-content-type-options": "nosniff",
    });
    expect(served.headers["cache-control"]).not.toContain("immutable");
    expect(served.headers["content-security-policy"]).toContain("sandbox");
  });

  it("serves style sheets from nginx: for ever by the name with a hash, never by the other one", async () => {
    const hashed =
      /href="(\/static\/entries\/guestbook\.[0-9a-f]{12}\.css)"/.exec((await clone.ask("/")).body)?.[1] ?? "";
    const answer = await clone.ask(hashed, { headers: { "Accept-Encoding": "gzip" } });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "cache-control": "public, max-age=31536000, immutable",
      "content-type": "text/css; charset=utf-8",
      "x-content-type-options": "nosniff",
    });
    const plain = await clone.ask("/static/entries/guestbook.css");
    expect([plain.status, plain.headers["cache-control"]]).toEqual([200, "no-cache"]);
  });

  it("refuses hosts that are not its own, and files that are nobody's business", async () => {
    await expect(clone.ask("/", { host: "evil.example" })).rejects.toThrow("socket hang up");
    expect((await clone.ask("/", { host: `localhost:${clone.ports.web}` })).status).toBe(200);
    for (const path of ["/.env", "/static/.env", "/static/../.env", "/media/x.sql", "/.git/config"]) {
      expect([path, (await clone.ask(path)).status]).toEqual([path, 404]);
    }
  });

  it("runs nothing as root, publishes nothing but nginx, and on this machine only", async () => {
    for (const { Id, Config } of await clone.containers()) {
      const [inspected] = JSON.parse(await clone.docker.run(["inspect", Id])) as Hardened[];
      const role = Config.Labels["django-deployment.role"] ?? "";
      expect(inspected?.HostConfig.CapDrop).toEqual(["ALL"]);
      expect(inspected?.HostConfig.SecurityOpt).toContain("no-new-privileges");
      if (inspected?.State.Status !== "running") continue;
      expect([role, inspected.Config.User]).toEqual([
        role,
        expect.stringMatching(/^(10001:10001|101:10001|999:999|65534:65534)$/),
      ]);
      expect(inspected.HostConfig.ReadonlyRootfs).toBe(true);
      const addresses = Object.values(inspected.HostConfig.PortBindings ?? {}).flatMap(
        (ports) => ports?.map(({ HostIp }) => HostIp) ?? [],
      );
      expect([role, addresses]).toEqual([role, role === "nginx" ? ["127.0.0.1"] : []]);
    }
  });

  it("runs an nginx configuration in which gixy finds nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nginx-"));
    const { Id } = await clone.container("nginx");
    const current = (
      await clone.docker.run(["exec", Id, "readlink", "-f", "/etc/nginx/deployment/current"])
    ).trim();
    await clone.docker.run(["cp", `${Id}:${current}`, join(folder, "nginx")]);
    expect(lint(join(lintersFolder(), "gixy"), "--level", join(folder, "nginx", "nginx.conf"))).toBe("");
    rmSync(folder, { recursive: true });
  });
});

describe("the other commands", () => {
  it("make status says what runs, which release serves and where the data is", async () => {
    const { output } = await clone.mustMake("status");
    expect(output).toContain(`e2e-up: http://localhost:${clone.ports.web}/`);
    expect(output).toMatch(/^web .*running, healthy.*serves/m);
    expect(output).toMatch(/^e2e-up-dbdata +the database$/m);
    const { stdout } = await clone.shell("npm run --silent cli -- status --json");
    expect(JSON.parse(stdout)).toMatchObject({ name: "e2e-up", volumes: { length: 6 } });
  });

  it("make manage runs the project's manage.py, and ends with its status", async () => {
    const { output } = await clone.mustMake("manage", { args: "showmigrations entries" });
    expect(output).toMatch(/^entries\n(?: \[X\] \d{4}_\w+\n)+/m);
    const { status, output: said } = await clone.make("manage", { args: "nonsense" });
    expect([status === 0, said]).toEqual([false, expect.stringContaining("Unknown command: 'nonsense'")]);
  });

  it("make logs shows what the containers have said", async () => {
    const { output } = await clone.mustMake("logs", { args: "database --no-follow" });
    expect(output).toContain("ready for connections");
  });
});

describe("make up again", () => {
  it(
    "plans nothing and touches nothing",
    async () => {
      const before = await ids(clone);
      const output = await up();
      expect(output.match(/^✓ .*: no changes$/gm)).toHaveLength(3);
      expect(await ids(clone)).toEqual(before);
    },
    MINUTE,
  );

  it(
    "asks the engine alone whether all is as it was, and puts right what somebody has changed there",
    async () => {
      await up();
      await up();
      const log = readFileSync(join(clone.folder, ".deployment/log/up.log"), "utf8");
      expect(log.match(/^--- .*: no changes/gm)).toHaveLength(3);
      expect(log).not.toContain("terraform");
      await clone.docker.run([
        "update",
        "--memory",
        "350m",
        "--memory-swap",
        "350m",
        `${clone.name}-database`,
      ]);
      await clone.docker.run(["stop", `${clone.name}-nginx`]);
      const memory = await memoryOfDatabase();
      const output = await up();
      expect(output.match(/^✓ .*: no changes$/gm)).toHaveLength(1);
      expect(await memoryOfDatabase()).not.toBe(memory);
      expect((await clone.ask("/api/entries/")).status).toBe(200);
    },
    2 * MINUTE,
  );

  it(
    "needs no keys of a machine on AWS, nor do the pipeline's files: a colleague has none",
    async () => {
      clone.configure({ host: { region: "eu-central-1" }, github: { repository: "octocat/guestbook" } });
      expect((await up()).match(/^✓ .*: no changes$/gm)).toHaveLength(3);
      await clone.mustMake("pipeline-files");
      await clone.mustMake("pipeline-files", { args: "--check" });
      expect(existsSync(join(clone.folder, ".deployment", "ssh"))).toBe(false);
      expect(errorsOf(await clone.make("synth"))).toEqual([
        expect.stringMatching(/deploy_ed25519\.pub is no public ssh key/),
        expect.stringMatching(/host_ed25519\.pub is no public ssh key/),
      ]);
      clone.remove(".github");
      clone.remove("examples/guestbook/deploy");
      clone.configure();
    },
    MINUTE,
  );

  it(
    "finds all rows after make down, which leaves every volume",
    async () => {
      const volumes = await clone.docker.volumes(clone.name);
      const rows = await clone.sql("SELECT id, name FROM entries_entry;");
      expect(rows.length).toBeGreaterThan(0);
      succeeded(await clone.make("down"), "make down");
      const left = (await clone.containers()).map(({ Config }) => Config.Labels["django-deployment.role"]);
      expect(left).toEqual(["holder"]);
      expect(await clone.docker.volumes(clone.name)).toEqual(
        expect.arrayContaining(volumes.filter((name) => !name.endsWith("-nginx"))),
      );
      await up();
      expect(await clone.sql("SELECT id, name FROM entries_entry;")).toEqual(rows);
      expect((await clone.ask("/api/entries/")).status).toBe(200);
    },
    4 * MINUTE,
  );
});

describe("make up when the state is lost", () => {
  it(
    "carries on under load, with every row there",
    async () => {
      const rows = await clone.sql("SELECT id, name FROM entries_entry;");
      const { lost } = await underLoad("make up with a lost state", clone, async () => {
        clone.remove(".deployment/state");
        await up();
      });
      expect(lost).toEqual([]);
      expect(await clone.sql("SELECT id, name FROM entries_entry;")).toEqual(expect.arrayContaining(rows));
      await expectSettled(clone);
    },
    4 * MINUTE,
  );
});

describe("make up in a second clone of the same deployment", () => {
  it(
    "carries on from what the first one has made, and the first one after it",
    async () => {
      const rows = await clone.sql("SELECT id, name FROM entries_entry;");
      const second = await Clone.create("up", { like: clone });
      second.release("second");
      await up(second);
      expect(await second.serving()).toBe("second");
      expect(await second.sql("SELECT id, name FROM entries_entry;")).toEqual(rows);
      await expectSettled(second);

      clone.release("first");
      await up();
      expect(await clone.serving()).toBe("first");
      expect(await clone.sql("SELECT id, name FROM entries_entry;")).toEqual(rows);
      await expectSettled(clone);
    },
    6 * MINUTE,
  );
});

interface Hardened {
  readonly State: { readonly Status: string };
  readonly Config: { readonly User: string };
  readonly HostConfig: {
    readonly CapDrop: readonly string[];
    readonly SecurityOpt: readonly string[];
    readonly ReadonlyRootfs: boolean;
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[] | null>> | null;
  };
}

async function memoryOfDatabase(): Promise<string> {
  return clone.docker.run(["inspect", "--format", "{{.HostConfig.Memory}}", `${clone.name}-database`]);
}

async function ids(checkout: Clone): Promise<string[]> {
  return (await checkout.containers()).map(({ Id }) => Id).sort();
}

/** The next plan is empty, and one container of each kind runs. */
async function expectSettled(checkout: Clone): Promise<void> {
  expect((await up(checkout)).match(/^✓ .*: no changes$/gm)).toHaveLength(3);
  const running = (await checkout.containers()).filter(({ State }) => State.Status === "running");
  expect(running.map(({ Config }) => Config.Labels["django-deployment.role"]).sort()).toEqual([
    "database",
    "holder",
    "nginx",
    "web",
  ]);
}
