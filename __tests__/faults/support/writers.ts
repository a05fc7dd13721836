import { setTimeout as sleep } from "node:timers/promises";
import type { Upload } from "../../e2e/support/load-report";
import { formOf, randomImage } from "../../e2e/support/upload";
import type { Site } from "./site";

/** Requests at once. */
const WRITERS = 6;

/** Visitors who write as fast as they are answered, a row and an upload in turn, and know what was acknowledged. */
export class Writers {
  /** Names of rows. */
  public readonly rows: string[] = [];
  public readonly uploads: Upload[] = [];
  private stopped = false;
  private sent = 0;
  private readonly running: Promise<void>[];

  /** @param run prefix of the names of all rows */
  public constructor(
    private readonly site: Site,
    private readonly run: string,
  ) {
    this.running = Array.from({ length: WRITERS }, async () => this.write());
  }

  /** How much was acknowledged. */
  public get count(): number {
    return this.rows.length;
  }

  /** Waits until so much more was acknowledged. @throws when nothing is for two minutes */
  public async more(count: number): Promise<void> {
    const wanted = this.count + count;
    let [seen, pauses] = [this.count, 0];
    while (this.count < wanted) {
      await sleep(20);
      pauses = this.count === seen ? pauses + 1 : 0;
      seen = this.count;
      if (pauses > 6000) throw new Error(`nothing is acknowledged any more after ${this.count}`);
    }
  }

  public async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  private async write(): Promise<void> {
    while (!this.stopped) {
      const number = this.sent++;
      // What was not answered counts for nothing.
      await this.post(`${this.run}-${number}`, number % 2 === 1).catch(async () => {
        await sleep(200);
      });
    }
  }

  private async post(name: string, withImage: boolean): Promise<void> {
    const image = randomImage();
    const form = withImage ? formOf(name, image) : undefined;
    const answer = await fetch(`${this.site.origin}/api/entries/`, {
      method: "POST",
      headers: { "Content-Type": form?.type ?? "application/json" },
      body: form ? new Uint8Array(form.bytes) : JSON.stringify({ name, message: "power" }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(`HTTP ${answer.status}`);
    this.rows.push(name);
    const { image: path } = JSON.parse(text) as { image?: string | null };
    if (form && typeof path === "string")
      this.uploads.push({ path: new URL(path, this.site.origin).pathname, sha256: image.sha256 });
  }
}
