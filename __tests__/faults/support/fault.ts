import type { Seen } from "./seen";
import type { Site, Where } from "./site";
import type { Trial } from "./trial";

/** Something that goes wrong, and when it counts as survived. It knows a {@link Site}, and nothing of the program's code. */
export interface Fault {
  /** Of the list of faults; a fault with several inputs has several entries of one number. */
  readonly number: number;
  readonly title: string;
  readonly where: readonly Where[];
  /** When it counts as survived, in words. */
  readonly survived: string;
  /** Part of the short form too: it takes less than a minute, or nothing else covers it. @default false */
  readonly short?: boolean;
  /** It treats the engine in a way that only the site's own may be treated. @default false */
  readonly ownEngine?: boolean;
  /** Longest that a trial may take. [minutes] @default 4 */
  readonly minutes?: number;
  /** No requests come in meanwhile: nothing is there that could serve them. @default false */
  readonly quiet?: boolean;
  /** Brings the site to where the fault meets it, without a load. */
  readonly prepare?: (site: Site) => Promise<void>;
  /** Does the harm and undoes it. {@link Trial.ended} says when the harm is over; at the latest it is when this returns. */
  readonly inject: (trial: Trial) => Promise<void>;
  /** Judges what the load has seen. */
  readonly judge?: (trial: Trial, seen: Seen) => void;
}
