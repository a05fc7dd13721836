import { type Answer, askPage } from "./request";

/** What a visitor of a page ends at, redirects followed. */
export interface Visit {
  /** The path that was asked for. */
  readonly path: string;
  /** Status of the last answer; undefined when nothing answered. */
  readonly status?: number;
  /** The path of the last answer, when redirects led to another one. */
  readonly end?: string;
  /** Address on the same host over https, to which it redirects: nobody answers there. */
  readonly https?: string;
  /** It leads from page to page without an end, as far as anybody follows. */
  readonly endless?: true;
}

/** The pages of one application as visitors ask for them, each with its path. */
export type Visits = readonly Visit[];

export interface VisitProps {
  /** Address of the application on this computer. */
  readonly origin: string;
  /** The host name that the visitor asks for. */
  readonly host: string;
  /** Further host names of the application: "/" of one may lead to "/" of another one. @default none */
  readonly otherHosts?: readonly string[];
  /** Milliseconds for one answer. @default 10000 */
  readonly timeout?: number;
}

/** As many as browsers follow is twenty; a site that needs more than ten is broken. */
const MOST_REDIRECTS = 10;

/** Visits a page: follows redirects within the application, and keeps cookies meanwhile. */
export async function visit(
  path: string,
  { origin, host, otherHosts = [], timeout = 10_000 }: VisitProps,
): Promise<Visit> {
  const cookies = new Map<string, string>();
  const visited = (answer: Answer | undefined, url: URL, more: Partial<Visit> = {}): Visit => {
    const end = url.pathname + url.search;
    return { path, status: answer?.status, ...(end !== path && { end }), ...more };
  };
  let at: Place = { url: new URL(path, origin), host };
  for (let redirect = 0; ; redirect++) {
    const answer = await askPage({ ...at, cookies: [...cookies.values()], timeout });
    for (const cookie of answer?.cookies ?? []) cookies.set(cookie.split("=")[0] ?? "", cookie);
    const next = answer && nextPlace(answer, at, { origin, otherHosts });
    if (next?.url.protocol === "https:") return visited(answer, at.url, { https: next.url.href });
    if (next === undefined) return visited(answer, at.url);
    if (redirect === MOST_REDIRECTS) return visited(answer, at.url, { endless: true });
    at = next;
  }
}

/** A page, and the name by which it is asked for. */
interface Place {
  readonly url: URL;
  readonly host: string;
}

/** Where an answer sends the visitor within the application; undefined when it is the end, or leads to another site. */
function nextPlace(
  { status, location }: Answer,
  asked: Place,
  { origin, otherHosts }: { readonly origin: string; readonly otherHosts: readonly string[] },
): Place | undefined {
  if (location === undefined || status < 300 || status > 399) return undefined;
  const base = new URL(asked.url.pathname + asked.url.search, `http://${asked.host}`);
  if (!URL.canParse(location, base.href)) return undefined;
  const target = new URL(location, base);
  const path = new URL(target.pathname + target.search, origin);
  if ([base.hostname, new URL(origin).hostname].includes(target.hostname))
    return { url: target.protocol === "https:" ? target : path, host: asked.host };
  // Over https another name may be answered elsewhere, by what stands before this application.
  const isOther = target.protocol === "http:" && otherHosts.includes(target.hostname);
  return isOther ? { url: path, host: target.hostname } : undefined;
}
