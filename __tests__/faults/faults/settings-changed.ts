import type { DeploymentInput } from "../../../config";
import type { Fault } from "../support/fault";
import { replace } from "../support/guestbook";
import type { Site } from "../support/site";
import { socketsDuring } from "../support/watches";
import { reasonIn } from "../support/trial";

const URLS = "examples/guestbook/config/urls.py";

/** A release that asks for something else than the one before. */
interface Change {
  readonly title: string;
  /** Of `deployment.ts`. */
  readonly input: Partial<DeploymentInput>;
  /** What the release before has of it. @default the site's own */
  readonly before?: Partial<DeploymentInput>;
  /** Of the project, in the release before. */
  readonly prepare?: (site: Site) => void;
  /** Of the project, in this release. */
  readonly edit?: (site: Site) => void;
  readonly short?: boolean;
}

const CHANGES: readonly Change[] = [
  {
    title: "health path renamed, in the project and in deployment.ts",
    input: { project: { folder: "examples/guestbook", healthPath: "/well/" } },
    edit: ({ clone }) => replace(clone, URLS, 'path("health/"', 'path("well/"'),
    short: true,
  },
  {
    title: "the admin, whose page was the health path, taken out of the project",
    input: {},
    prepare: ({ clone }) => replace(clone, URLS, /^.*operations\.health.*\n/m, ""),
    edit: ({ clone }) => replace(clone, URLS, /^.*admin\.site\.urls.*\n/m, ""),
  },
  {
    title: "first allowed host changed",
    before: {
      project: { folder: "examples/guestbook", allowedHosts: ["old.example.org", "127.0.0.1", "localhost"] },
    },
    input: {
      project: { folder: "examples/guestbook", allowedHosts: ["new.example.org", "127.0.0.1", "localhost"] },
    },
  },
  { title: "proxy.rateLimit changed", input: { proxy: { rateLimit: 1999 } } },
  { title: "proxy.bodySize changed", input: { proxy: { bodySize: 21 } } },
];

/** Releases that change what the release itself is judged by, or what is in front of it. */
export const settingsChanged: readonly Fault[] = CHANGES.map((change) => ({
  number: 29,
  title: change.title,
  where: ["local", "host"],
  survived: "no request failed, one cutover",
  short: change.short,
  minutes: 6,
  prepare: async (site) => {
    site.clone.write(URLS, site.original(URLS));
    change.prepare?.(site);
    site.configure(change.before);
    const { status } = await site.release();
    if (status === 0) return;
    // The fault itself may be in the way of what it begins with.
    if (site.where === "local") await site.clone.mustMake("down");
    await site.mustRelease();
  },
  inject: async (trial) => {
    const { site } = trial;
    const sockets = await socketsDuring(site, async () => {
      change.edit?.(site);
      site.configure(change.input);
      const { status, output } = await site.release();
      trial.check("the release succeeds", status === 0, reasonIn(output));
    });
    const cutovers = sockets.length - 1;
    trial.check("at most one cutover", cutovers <= 1, `${cutovers} were seen`);
  },
  judge: (trial, seen) => trial.checkNoneFailed(seen),
}));
