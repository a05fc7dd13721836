import { type Problem, problems } from "../errors";
import { nearest } from "../nearest";
import { canonicalNetwork, networkFlaw } from "../network";
import { PROXY_PRESETS, proxyPreset } from "../trusted-proxies";

const FAMILIES = ["ipv4", "ipv6"] as const;

/**
 * The networks of `proxy.trusted`, each once.
 *
 * @param named networks in CIDR form, and names of presets
 */
export function trustedNetworks(named: readonly string[]): string[] {
  return [...new Set(named.flatMap((name) => proxyPreset(name) ?? [written(name)]))];
}

/** What is no network is a problem of its own. */
function written(name: string): string {
  return networkFlaw(name, FAMILIES) ? name : canonicalNetwork(name);
}

/** What is wrong with `proxy.trusted`. */
export function trustedProblems(named: readonly string[]): Problem[] {
  return named.flatMap((name, index) => {
    if (proxyPreset(name)) return [];
    const place = `proxy.trusted[${index}]`;
    const flaw = networkFlaw(name, FAMILIES);
    switch (flaw?.kind) {
      case undefined:
        return [];
      case "no network":
        return [
          problems.noProxy(place, name, PROXY_PRESETS, {
            alone: flaw.alone,
            preset: nearest(name, PROXY_PRESETS),
          }),
        ];
      case "everybody":
        return [problems.everybodyTrusted(place, name)];
      case "host bits":
        return [problems.hostBitsSet(place, name, flaw.corrected)];
    }
  });
}
