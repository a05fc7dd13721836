import { PUBLIC_ADDRESS } from "../application/on-host";

/** A text with the host's address in the place that is kept for it. */
export function addressed(text: string, write: (variable: string) => string): string {
  return text.replaceAll(PUBLIC_ADDRESS, write("PUBLIC_ADDRESS"));
}
