import { lines } from "../../e2e/support/docker";
import { succeeded } from "../../e2e/support/run";
import type { Site } from "./site";

/** Everything that visitors have entrusted to a site. */
export class Holdings {
  private constructor(
    private readonly rows: readonly string[],
    /** A digest and a path each. */
    private readonly files: readonly string[],
  ) {}

  /** Reads the guestbook's rows and the media folder. */
  public static async of(site: Site): Promise<Holdings> {
    const rows = await site.sql("SELECT id, name, message, image FROM entries_entry ORDER BY id;");
    const folder = await site.mediaFolder();
    const listing = await site.inside("nginx", `cd ${folder} && find . -type f -exec sha256sum {} +`);
    return new Holdings(rows, lines(succeeded(listing, "listing the media folder").stdout));
  }

  /** How many of these are not among the later ones; all of them when nobody can read them any more. */
  public lostSince(later: Holdings | undefined): { readonly rows: number; readonly files: number } {
    const missing = (had: readonly string[], has: readonly string[] = []): number => {
      const there = new Set(has);
      return had.filter((one) => !there.has(one)).length;
    };
    return { rows: missing(this.rows, later?.rows), files: missing(this.files, later?.files) };
  }
}
