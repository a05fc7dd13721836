/** One of those that are measured side by side. */
export interface Contestant<T> {
  readonly name: string;
  readonly measure: () => Promise<T>;
}

/**
 * Measures everybody once a round, every other round in the opposite order: noise and drift of the machine hit all.
 *
 * @returns the samples of each contestant, by its name, one a round
 */
export async function alternate<T>(
  contestants: readonly Contestant<T>[],
  rounds: number,
): Promise<ReadonlyMap<string, readonly T[]>> {
  const samples = new Map<string, T[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, measure } of round % 2 === 0 ? contestants : contestants.toReversed()) {
      samples.get(name)?.push(await measure());
    }
  }
  return samples;
}

/** @throws when nobody of that name took part: a mistake in this program */
export function samplesOf<T>(samples: ReadonlyMap<string, readonly T[]>, name: string): readonly T[] {
  const found = samples.get(name);
  if (!found) throw new Error(`there is no contestant "${name}"`);
  return found;
}
