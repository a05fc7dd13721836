/** What Node reads before a program: from then on its time of day is wrong. */
function shifted(seconds: number): string {
  return `const Right = Date;
const now = () => Right.now() + ${seconds * 1000};
globalThis.Date = class extends Right {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given));
  }
  static now() {
    return now();
  }
};`;
}

/**
 * Variables by which a command, and all that it starts on Node, has a clock that is wrong.
 *
 * @param seconds how far ahead it is
 */
export function wrongClock(seconds: number): Readonly<Record<string, string>> {
  if (seconds === 0) return {};
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shifted(seconds))}` };
}
