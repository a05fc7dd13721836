import type { Scene } from "../environment/scene";

/** Something that goes wrong while a push is on its way. */
export interface Fault {
  /** What is pressed, in words. */
  readonly pressed: string;
  /** Whether visitors may notice: what serves is cut off itself. */
  readonly noticed: boolean;
  /**
   * Presses it in the midst of a push, and takes it back as far as it doesn't go by itself. The next push comes after it.
   *
   * @returns what became of it, in words
   * @throws when the pipeline did not do what it must
   */
  readonly press: (scene: Scene) => Promise<string>;
}
