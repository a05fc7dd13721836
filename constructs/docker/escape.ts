/**
 * Makes text literal for Terraform, which would read `${…}` and `%{…}` in it.
 *
 * Every string that comes from a user or a file passes through here on its way into a resource.
 */
export function literal(text: string): string {
  return text.replace(/([$%])(?=\{)/g, "$1$1");
}

/** Text as a quoted string inside one of Terraform's expressions. */
export function quoted(text: string): string {
  const escaped = literal(text)
    .replace(/["\\]/g, "\\$&")

    .replace(/[\0-\x1f\x7f]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${escaped}"`;
}

/** Whole seconds in the form in which Go prints them; Terraform would see another spelling as a change. */
export function goDuration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}
