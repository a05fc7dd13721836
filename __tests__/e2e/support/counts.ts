/** How often and how long: a few repetitions in `make test`, the full counts in `make test-long` (`LONG=1`). */
export const LONG = process.env["LONG"] === "1";

/** Requests a second of the load under which releases must lose none. */
export const RATE = 60;

/** Good releases in a row. */
export const RELEASES = LONG ? 20 : 3;

/** A point at which `make up` is interrupted. */
export interface Interruption {
  readonly way: "Ctrl-C" | "kill -9";
  readonly what: "a release" | "the first deployment";
  /** After its start. */
  readonly seconds: number;
}

const POINTS = [0.5, 2, 3, 4, 6, 8, 10, 12, 15, 18];

export const INTERRUPTIONS: readonly Interruption[] = LONG
  ? (["Ctrl-C", "kill -9"] as const).flatMap((way) =>
      (["a release", "the first deployment"] as const).flatMap((what) =>
        POINTS.map((seconds) => ({ way, what, seconds })),
      ),
    )
  : [
      { way: "Ctrl-C", what: "a release", seconds: 6 },
      { way: "kill -9", what: "a release", seconds: 8 },
      { way: "kill -9", what: "the first deployment", seconds: 8 },
    ];

/** A moment of a host's first boot at which its power is cut. */
export interface PowerCut {
  /** Step of prepare-host. */
  readonly step: string;
  /** After the step's beginning. */
  readonly seconds: number;
}

export const POWER_CUTS: readonly PowerCut[] = LONG
  ? [
      ...[
        ...["ssh host key", "system", "swap", "data volume", "folder of the releases", "packages"],
        ...["firewall of the engine", "Docker", "Swarm", "automatic updates", "deploy key"],
      ].map((step) => ({ step, seconds: 0 })),
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((seconds) => ({ step: "packages", seconds })),
      ...[0.1, 0.3, 0.6, 1].flatMap((seconds) => [
        { step: "data volume", seconds },
        { step: "Docker", seconds },
        { step: "Swarm", seconds },
      ]),
    ]
  : [
      { step: "data volume", seconds: 0 },
      { step: "packages", seconds: 4 },
      { step: "Swarm", seconds: 0 },
    ];

/** Milliseconds that one test may take at most. */
export const MINUTE = 60_000;

/** Leave what a test deployed, to look at it (`E2E_KEEP=1`). */
export const KEEP = process.env["E2E_KEEP"] === "1";
