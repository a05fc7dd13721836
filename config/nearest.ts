import { distance } from "fastest-levenshtein";

/** Share of its letters that a word may have wrong and still be recognised. */
const TOLERANCE = 0.4;

/** Longer than any key, module or folder; nothing is like such a word. */
const LONGEST = 255;

/** The known word that a typing error most likely meant; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  const written = word.toLowerCase();
  return known
    .map((candidate) => ({ candidate, far: farness(written, candidate.toLowerCase()) }))
    .filter(({ far }) => far < 1)
    .sort((a, b) => a.far - b.far)[0]?.candidate;
}

/** 0 is the same word; from 1 on it is another one. */
function farness(written: string, candidate: string): number {
  const longer = Math.max(written.length, candidate.length);
  const far = distance(written, candidate) / longer;
  // "dev" is short for "development", "settings.dev" the end of "mysite.settings.dev".
  const [part, whole] = written.length < candidate.length ? [written, candidate] : [candidate, written];
  const within = part.length > 2 && (whole.startsWith(part) || whole.endsWith(part));
  return within ? far / 2 : far / TOLERANCE;
}
