/**
 * What Terraform makes of a string in its JSON: `$${` and `%%{` are a literal `${` and `%{`. Undefined when
 * there is anything in it that Terraform would evaluate.
 */
export function literalTextOf(json: string): string | undefined {
  let text = "";
  for (let at = 0; at < json.length; at++) {
    const [escaped, template] = [json.slice(at, at + 3), json.slice(at, at + 2)];
    if (template === "${" || template === "%{") return undefined;
    if (escaped === "$${" || escaped === "%%{") at++;
    text += json[at] ?? "";
  }
  return text;
}

/** Every string in a JSON value, keys included. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => [key, ...stringsIn(below)]);
}
