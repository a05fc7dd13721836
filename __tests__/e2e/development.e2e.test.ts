import { connect } from "node:net";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { waitFor } from "./support/run";

const VIEW = "examples/guestbook/config/operations.py";

let clone: Clone;

beforeAll(async () => {
  clone = await Clone.create("development");
  clone.configure({ local: { profile: "development" } });
  const { output } = await clone.mustMake("up");
  expect(output).toContain(`http://localhost:${clone.ports.development}/`);
}, 6 * MINUTE);

/** Asks runserver. */
async function ask(path: string, options?: Parameters<Clone["ask"]>[1]): ReturnType<Clone["ask"]> {
  return clone.ask(path, { ...options, port: clone.ports.development });
}

describe("the profile development", () => {
  it("runs runserver and the database, beside the holder of the volumes, and nothing else", async () => {
    const running = (await clone.containers()).filter(({ State }) => State.Status === "running");
    expect(running.map(({ Config }) => Config.Labels["django-deployment.role"]).sort()).toEqual([
      "database",
      "holder",
      "web",
    ]);
    expect((await ask("/")).headers["server"]).toContain("WSGIServer");
  });

  it("stores rows in MariaDB and serves its own static files", async () => {
    expect(
      (await ask("/api/entries/", { method: "POST", json: { name: "Dev", message: "Hello" } })).status,
    ).toBe(201);
    expect(await clone.entries("Dev")).toEqual(["Dev"]);
    expect((await ask("/static/entries/guestbook.css")).status).toBe(200);
  });

  it("takes up a change of the source by itself", async () => {
    const source = clone.read(VIEW);
    clone.write(VIEW, source.replace('"release": settings.RELEASE}', '"release": "edited"}'));
    await waitFor("the changed view answers", 30, async () => {
      const { body } = await ask("/api/release/").catch(() => ({ body: "" }));
      return body.includes("edited") ? true : undefined;
    });
    clone.write(VIEW, source);
  });

  it("leaves nothing in the source folder", () => {
    expect(existsSync(join(clone.folder, "examples/guestbook/manage.py"))).toBe(true);
    for (const path of [
      "__pycache__",
      "config/__pycache__",
      "entries/__pycache__",
      "db.sqlite3",
      "staticfiles",
    ]) {
      expect([path, existsSync(join(clone.folder, "examples/guestbook", path))]).toEqual([path, false]);
    }
  });

  it("publishes the database on this machine", async () => {
    const greeting = await new Promise<string>((resolve, reject) => {
      const socket = connect(clone.ports.database, "127.0.0.1");
      socket.once("data", (bytes) => {
        resolve(bytes.toString("latin1"));
        socket.destroy();
      });
      socket.once("error", reject);
    });
    expect(greeting).toContain("MariaDB");
  });

  it("plans nothing when it is up", async () => {
    expect((await clone.mustMake("up")).output.match(/^✓ .*: no changes$/gm)).toHaveLength(3);
  });
});
