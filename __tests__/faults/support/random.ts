/** Random moments that a seed repeats. */
export class Random {
  private state: number;

  /** @param seed any whole number */
  public constructor(public readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** A number from `least` up to, but not including, `most`. (mulberry32, Tommy Ettinger, public domain) */
  public between(least: number, most: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return least + (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (most - least);
  }
}
