/** @throws on an empty list: nothing was measured */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error("the median of no values");
  return (lower + upper) / 2;
}

/**
 * The median of the quotients, round by round. What disturbs the machine for a while disturbs both sides of a round,
 * so this moves less than the quotient of two medians.
 */
export function medianRatio(dividends: readonly number[], divisors: readonly number[]): number {
  if (dividends.length !== divisors.length) {
    throw new Error(`${dividends.length} values can't be compared with ${divisors.length}`);
  }
  return median(dividends.map((dividend, round) => dividend / (divisors[round] ?? Number.NaN)));
}
