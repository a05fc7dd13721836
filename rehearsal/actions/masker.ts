/** A text as a run's log shows it: no secret is in it. As on GitHub, each line of a secret is one, too. */
export class Masker {
  private readonly secrets: readonly string[];

  /** @param values of the secrets */
  public constructor(values: readonly string[]) {
    const parts = values
      .flatMap((value) => [value, ...value.split(/\r?\n/)])
      .filter((part) => part.trim() !== "");
    // Longer ones first: a short one may be a part of them.
    this.secrets = [...new Set(parts)].sort((a, b) => b.length - a.length);
  }

  public mask(text: string): string {
    return this.secrets.reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
  }
}
