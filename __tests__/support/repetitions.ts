/** How many cases are generated: a twentieth in `make check` (`QUICK=1`), all of them elsewhere. */
export function repetitions(all: number): number {
  return process.env["QUICK"] === "1" ? Math.ceil(all / 20) : all;
}
