import { isIP, isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";

/** Why a text stands for no network that can be meant. */
export type NetworkFlaw =
  /** `alone` is the network of this one address, when the text is an address. */
  | { readonly kind: "no network"; readonly alone?: string }
  /** It is every address there is. */
  | { readonly kind: "everybody" }
  /** Its address has bits beyond its length; `corrected` is the network that it is in. */
  | { readonly kind: "host bits"; readonly corrected: string };

/** Versions of the Internet Protocol, as `ipaddr.js` calls them. */
type Family = "ipv4" | "ipv6";

/**
 * What is wrong with a network in CIDR form.
 *
 * @param families versions that may be meant
 * @returns undefined when nothing is
 */
export function networkFlaw(text: string, families: readonly Family[]): NetworkFlaw | undefined {
  if (isIP(text) > 0) return { kind: "no network", alone: `${text}/${isIPv4(text) ? 32 : 128}` };
  // ipaddr.js also takes octal numbers and addresses of less than four parts.
  if (!/^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f.:]*:[0-9a-f.:]*)\/\d{1,3}$/i.test(text))
    return { kind: "no network" };
  if (!ipaddr.isValidCIDR(text)) return { kind: "no network" };
  const [address, bits] = ipaddr.parseCIDR(text);
  const family = address.kind();
  if (!families.includes(family)) return { kind: "no network" };
  if (bits === 0) return { kind: "everybody" };
  const first = ipaddr[family === "ipv4" ? "IPv4" : "IPv6"].networkAddressFromCIDR(text);
  return first.toString() === address.toString()
    ? undefined
    : { kind: "host bits", corrected: `${first.toString()}/${bits}` };
}

/**
 * A network as RFC 5952 writes it, which every program reads: nginx refuses `::` for one group of zeros.
 *
 * @param text a network without a flaw
 */
export function canonicalNetwork(text: string): string {
  const [address, bits] = ipaddr.parseCIDR(text);
  return `${address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString()}/${bits}`;
}
