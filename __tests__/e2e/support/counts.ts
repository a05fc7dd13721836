/** How often and how long: a few repetitions in `make test`, the full counts in `make test-long` (`LONG=1`). */
export const LONG = process.env["LONG"] === "1";

/** Requests a second of the load under which releases must lose none. */
export const RATE = 60;

/** Good releases in a row. */
export const RELEASES = LONG ? 20 : 3;

/** Points at which `make up` is interrupted: seconds after its start. */
export const INTERRUPTIONS = LONG ? [0.5, 2, 4, 6, 8, 10, 12, 15, 18] : [3, 8];

/** Milliseconds that one test may take at most. */
export const MINUTE = 60_000;

/** Leave what a test deployed, to look at it (`E2E_KEEP=1`). */
export const KEEP = process.env["E2E_KEEP"] === "1";
