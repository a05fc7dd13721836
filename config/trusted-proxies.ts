import published from "./data/trusted-proxies.json";

const presets: Readonly<Record<string, readonly string[]>> = published.presets;

/** Names of those whose networks are known. */
export const PROXY_PRESETS: readonly string[] = Object.keys(presets);

/** @returns the networks that somebody publishes, in CIDR form; undefined when there is no preset of that name */
export function proxyPreset(name: string): readonly string[] | undefined {
  return Object.hasOwn(presets, name) ? presets[name] : undefined;
}
