/**
 * Makes text literal for Terraform, which would read `${…}` and `%{…}` in it.
 *
 * Every string that comes from a user or a file passes through here on its way into a resource.
 */
export function literal(text: string): string {
  return text.replace(/([$%])(?=\{)/g, "$1$1");
}

/** Whole seconds in the form in which Go prints them; Terraform would see another spelling as a change. */
export function goDuration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}
