import type { TestEnvironment } from "../environment/test-environment";

/** Something that goes wrong while a push is on its way. */
export interface Fault {
  /** What is injected, in words. */
  readonly injected: string;
  /** Whether visitors may notice: what serves is cut off itself. */
  readonly noticed: boolean;
  /**
   * Injects the fault during a push and undoes it, where it doesn't go by itself. The next push comes after it.
   *
   * @returns what became of it, in words
   * @throws when the pipeline did not do what it must
   */
  readonly inject: (environment: TestEnvironment) => Promise<string>;
}
