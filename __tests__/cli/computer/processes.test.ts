import { type SpawnOptions, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { Follower } from "../../../cli/terraform/follower";
import { Interrupt } from "../../../cli/session/interrupt";
import { Log } from "../../../cli/session/log";
import { RunLock, identityOf, isAlive } from "../../../cli/session/run-lock";
import { ROOT } from "../../support/guestbook";
import { temporaryFolder } from "../../support/synthesis";

/** Starts a script; resolves when it has ended. */
async function start(
  script: string,
  options: SpawnOptions = {},
  onStart?: (pid: number) => void,
): Promise<void> {
  const child = spawn(process.execPath, ["-e", script], options);
  if (child.pid !== undefined) onStart?.(child.pid);
  await once(child, "exit");
}

describe("a program", () => {
  /** Runs programs with the module as it is in the bundle: jest can't load execa, which is an ES module. */
  function runInBundle(command: string, script: string): unknown {
    const outfile = join(temporaryFolder(), "process.cjs");
    buildSync({
      entryPoints: [join(ROOT, "cli/computer/process.ts")],
      bundle: true,
      platform: "node",
      outfile,
      logLevel: "error",
    });
    const program = `
      const { run } = require(${JSON.stringify(outfile)});
      const lines = [];
      const [command, script] = ${JSON.stringify([command, script])};
      run(command, ["-e", script])
        .then((kept) => run(command, ["-e", script], { onLine: (line) => lines.push(line) })
        .then((told) => console.log(JSON.stringify({ kept, told, lines }))));`;
    return JSON.parse(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }));
  }

  it("that fails is an answer, not an exception; its lines are kept, or told as they come", () => {
    const script = 'console.log("out"); setTimeout(() => { console.error("err"); process.exit(3); }, 50)';
    expect(runInBundle(process.execPath, script)).toEqual({
      kept: { status: 3, stdout: "out", stderr: "err", missing: false },
      told: { status: 3, stdout: "", stderr: "", missing: false },
      lines: ["out", "err"],
    });
  });

  it("that isn't there is said to be missing", () =>
    expect(runInBundle("no-such-program-here", "")).toMatchObject({
      kept: { status: -1, missing: true },
      told: { status: -1, missing: true },
      lines: [],
    }));

  it("that writes to a file is followed, lines that come in pieces included", async () => {
    const lines: string[] = [];
    const follower = new Follower(join(temporaryFolder(), "folder", "output"), (line) => lines.push(line));
    const script =
      'process.stdout.write("one\\ntw"); setTimeout(() => process.stdout.write("o é\\nrest"), 150)';
    await start(script, { stdio: ["ignore", follower.output, "inherit"] });
    follower.close();
    expect(lines).toEqual(["one", "two é", "rest"]);
  });
});

describe("the lock of a run", () => {
  const forget = (): void => undefined;
  const lockFile = (root: string): string => join(root, ".deployment", "run.lock");

  /** A lock as another run has left it. */
  function leave(root: string, holder: unknown): void {
    mkdirSync(join(root, ".deployment"), { recursive: true });
    writeFileSync(lockFile(root), JSON.stringify(holder));
  }

  it("keeps a second run out, and names the first", async () => {
    const root = temporaryFolder();
    await new RunLock(root).take("up", forget);
    await expect(new RunLock(root).take("down", forget)).rejects.toThrow(
      `this folder is at work already: "up", process ${process.pid}`,
    );
  });

  it("of a run that was killed is taken over", async () => {
    const root = temporaryFolder();
    // No process has that number.
    leave(root, { pid: 2 ** 30, started: "1", command: "up", workers: [] });
    await new RunLock(root).take("up", forget);
    expect(JSON.parse(readFileSync(lockFile(root), "utf8"))).toMatchObject({ pid: process.pid });
  });

  it("of a run whose number another process has now is taken over", async () => {
    const root = temporaryFolder();
    leave(root, { pid: process.ppid, started: "0", command: "up", workers: [] });
    await expect(new RunLock(root).take("up", forget)).resolves.toBeUndefined();
  });

  it.each(['{"pid":', "", "null", '{"pid":1073741824,"workers":7}'])(
    "that says nothing is taken over: %s",
    async (text) => {
      const root = temporaryFolder();
      mkdirSync(join(root, ".deployment"));
      writeFileSync(lockFile(root), text);
      await expect(new RunLock(root).take("up", forget)).resolves.toBeUndefined();
      await expect(new RunLock(root).take("up", forget)).rejects.toThrow("at work already");
      expect(readdirSync(join(root, ".deployment"))).toEqual(["run.lock"]);
    },
  );

  it("does not wait for ever for the Terraform of a run that was killed", async () => {
    const root = temporaryFolder();
    leave(root, { pid: 2 ** 30, started: "1", command: "up", workers: [identityOf(process.pid)] });
    const taken = new RunLock(root, { patience: 0 }).take("up", forget);
    await expect(taken).rejects.toThrow(`Terraform of a run that was killed (process ${process.pid}) is`);
    expect(existsSync(lockFile(root))).toBe(true);
  });

  describe("of a deployment that two clones have", () => {
    it("keeps the other clone out, names the first, and lets it in afterwards", async () => {
      const [one, other, shared] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
      const first = new RunLock(one, { id: "a", shared });
      await first.take("up", forget);
      const second = new RunLock(other, { id: "a", shared });
      await expect(second.take("up", forget)).rejects.toThrow(
        `this deployment is at work already in ${one}: "up", process ${process.pid}`,
      );
      // The one that was kept out holds nothing, not even its own folder.
      expect(existsSync(lockFile(other))).toBe(false);
      await expect(new RunLock(other, { id: "b", shared }).take("up", forget)).resolves.toBeUndefined();
      first.release();
      await expect(
        new RunLock(temporaryFolder(), { id: "a", shared }).take("up", forget),
      ).resolves.toBeUndefined();
    });

    it("waits for the Terraform of a run that was killed in the other clone", async () => {
      const [one, other, shared] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
      const first = new RunLock(one, { id: "a", shared });
      await first.take("up", forget);
      first.employ(process.pid);
      const path = join(shared, "a.lock");
      const holder = JSON.parse(readFileSync(path, "utf8")) as object;
      writeFileSync(path, JSON.stringify({ ...holder, pid: 2 ** 30 }));
      await expect(new RunLock(other, { id: "a", shared, patience: 0 }).take("up", forget)).rejects.toThrow(
        "Terraform of a run that was killed",
      );
    });

    it("is left out where nothing can be written", async () => {
      const file = join(temporaryFolder(), "file");
      writeFileSync(file, "");
      const lock = new RunLock(temporaryFolder(), { id: "a", shared: join(file, "locks") });
      await expect(lock.take("up", forget)).resolves.toBeUndefined();
      lock.employ(process.pid);
    });
  });

  it("waits for the Terraform of a run that was killed", async () => {
    const root = temporaryFolder();
    const first = new RunLock(root);
    await first.take("up", forget);
    let ended = (): boolean => false;
    const worker = start("setTimeout(() => {}, 700)", {}, (pid) => {
      first.employ(pid);
      const identity = identityOf(pid);
      ended = () => !isAlive(identity);
    });
    const holder = JSON.parse(readFileSync(lockFile(root), "utf8")) as object;
    leave(root, { ...holder, pid: 2 ** 30 });
    const notices: string[] = [];
    await new RunLock(root).take("up", (message) => notices.push(message));
    expect(ended()).toBe(true);
    expect(notices).toEqual([expect.stringContaining("waiting")]);
    await worker;
  });
});

describe("a signal", () => {
  it("asks what runs to stop, once, and what begins later at once", () => {
    const interrupt = new Interrupt();
    const asked: string[] = [];
    const notices: boolean[] = [];
    interrupt.listen((again) => notices.push(again));
    interrupt.onRequest(() => asked.push("first"));
    interrupt.onRequest(() => asked.push("gone"))();
    expect(interrupt.requested).toBe(false);

    process.emit("SIGHUP");
    process.emit("SIGHUP");
    interrupt.onRequest(() => asked.push("later"));
    expect(asked).toEqual(["first", "later"]);
    expect(notices).toEqual([false, true]);
    process.removeAllListeners("SIGHUP").removeAllListeners("SIGINT").removeAllListeners("SIGTERM");
  });
});

describe("a command's log", () => {
  it("is made with its first line, and the one before is kept", () => {
    const root = temporaryFolder();
    const log = new Log(root, "up");
    expect(existsSync(log.path)).toBe(false);
    log.write("one");
    log.write("two\n");
    expect(readFileSync(log.path, "utf8")).toBe("one\ntwo\n");
    new Log(root, "up").write("three");
    expect(readFileSync(log.path, "utf8")).toBe("three\n");
    expect(readFileSync(`${log.path}.1`, "utf8")).toBe("one\ntwo\n");
  });
});
