import { type Problem, showValue } from "./problem";

/** What is wrong with a network. */
export const networkProblems = {
  /** @param alone the network of this one address, when it is an address */
  noNetwork: (place: string, network: string, alone: string | undefined): Problem => ({
    place,
    value: showValue(network),
    expected: "an IPv4 network in CIDR form, for example 192.0.2.0/24, or one address: 192.0.2.7/32",
    fix: alone === undefined ? "correct it" : forOne(alone),
  }),

  everyNetwork: (place: string, network: string): Problem => ({
    place,
    value: `${showValue(network)}, which is every address there is`,
    expected: "networks that you know",
    fix: 'if everybody shall reach port 22, say it in words: ssh: "anywhere"',
  }),

  hostBitsSet: (place: string, network: string, corrected: string): Problem => ({
    place,
    value: `${showValue(network)}, whose address has bits beyond its length`,
    expected: "the first address of the network",
    fix: `write "${corrected}"`,
  }),

  /**
   * @param presets names of those whose networks are known
   * @param meant the network of this one address, or a preset of a name like that
   */
  noProxy: (
    place: string,
    network: string,
    presets: readonly string[],
    meant: { readonly alone?: string; readonly preset?: string },
  ): Problem => ({
    place,
    value: showValue(network),
    expected: `a network in CIDR form, for example "203.0.113.0/24" or "2001:db8::/32", or one of ${presets.join(", ")}`,
    fix: meant.alone
      ? forOne(meant.alone)
      : meant.preset
        ? `did you mean ${showValue(meant.preset)}?`
        : "correct it",
  }),

  everybodyTrusted: (place: string, network: string): Problem => ({
    place,
    value: `${showValue(network)}, which is every address there is: every visitor could say who he is`,
    expected: "the networks of the CDN or of the load balancer, and no other",
    fix: "write those that its maker publishes, or the load balancer's own subnet",
  }),
};

function forOne(alone: string): string {
  return `write "${alone}" for this one address`;
}
