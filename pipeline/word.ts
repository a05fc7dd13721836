/** A text in which some parts are known on the host alone; the parts in their order, or the text where it has none. */
export type Word = string | readonly (string | { readonly value: string })[];

/** Marks a value in a text that is to become a {@link Word}. */
const MARK = "\u0001";

/** Stands, in a text for {@link word}, for what the release program knows by this name. */
export function value(name: string): string {
  return `${MARK}${name}${MARK}`;
}

/** A text with its values as parts of their own; everything else in it is literal. */
export function word(text: string): Word {
  const parts = text.split(MARK).map((part, index) => (index % 2 === 1 ? { value: part } : part));
  return parts.length === 1 ? text : parts.filter((part) => part !== "");
}
