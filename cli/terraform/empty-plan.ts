import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/**
 * Remembers what a plan without changes was made from: the stack, its variables, its state, the engine. As long as all of
 * it is the same, a further plan would have no changes either, and need not be made.
 */
export class EmptyPlan {
  /** @param file where it is remembered, also for the next run; absolute */
  public constructor(private readonly file: string) {}

  /** Whether the last plan without changes was made from this very basis. */
  public isOf(basis: string): boolean {
    return existsSync(this.file) && readFileSync(this.file, "utf8") === basis;
  }

  /** To be called after a plan without changes, with the basis from before that plan. */
  public keep(basis: string): void {
    writeFileSync(this.file, basis, { mode: 0o600 });
  }
}

/** @param parts all that a plan is made from, in an order that is always the same */
export function basisOf(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
